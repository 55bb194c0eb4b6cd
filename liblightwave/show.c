/* show.c - text that comes from elsewhere, for people and programs. */
#include "show.h"

#include "utf8.h"

#include <stdio.h>

void lw_show(struct lw_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		bool c1 = c == 0xc2 && i + 1 < s.n &&
			  (unsigned char)s.s[i + 1] < 0xa0;

		if (c < 0x20 || c == 0x7f || c1)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

void lw_show_json(struct lw_str s)
{
	uint32_t c;

	putchar('"');
	while (s.n > 0) {
		size_t n = lw_utf8(s, &c);

		if (n == 0) { /* what is no character cannot stand in JSON */
			c = 0xfffd;
			n = 1;
		}
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd)
			printf("\\u%04x", c);
		else if (c == '"' || c == '\\')
			printf("\\%c", (int)c);
		else
			fwrite(s.s, 1, n, stdout);
		s.s += n;
		s.n -= n;
	}
	putchar('"');
}
