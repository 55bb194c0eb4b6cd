/* local.c - look into /etc/passwd or /etc/group. Any process; libc only. */
#include "local.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#define ID_FIELD 2

/* Where in a line, and whether it is the one so far. */
struct line {
	const char *name; /* NULL: by id */
	uint32_t id;
	int field;
	const char *rest; /* of the name; NULL: it is another one */
	bool number;	  /* digits alone */
	uint64_t value;
};

static void begin_line(struct line *l)
{
	l->field = 0;
	l->rest = l->name;
	l->number = false;
	l->value = 0;
}

/* Whether the field that ends here is what is looked for. */
static bool is_it(const struct line *l)
{
	if (l->name)
		return l->field == 0 && l->rest && *l->rest == '\0';
	return l->field == ID_FIELD && l->number && l->value == l->id;
}

static void take(struct line *l, char c)
{
	if (l->field == 0 && l->rest)
		l->rest = *l->rest == c && c != '\0' ? l->rest + 1 : NULL;
	if (l->field != ID_FIELD)
		return;
	l->number = c >= '0' && c <= '9' && l->value <= UINT32_MAX;
	l->value = l->number ? 10 * l->value + (uint64_t)(c - '0') : UINT64_MAX;
}

static bool in(struct line *l, const char *p, size_t n)
{
	for (; n > 0; p++, n--) {
		if (*p == '\n') {
			begin_line(l);
		} else if (*p != ':') {
			take(l, *p);
		} else {
			if (is_it(l))
				return true;
			l->field++;
		}
	}
	return false;
}

static bool in_file(const char *path, struct line *l)
{
	lw_cleanup(lw_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[1024];
	ssize_t n;

	if (fd < 0)
		return false;
	begin_line(l);
	while ((n = read(fd, buf, sizeof(buf))) > 0 ||
	       (n < 0 && errno == EINTR)) {
		if (n > 0 && in(l, buf, (size_t)n))
			return true;
	}
	return false;
}

bool lw_local_has(const char *path, const char *name, uint32_t id)
{
	struct line l = { .name = name, .id = id };
	int saved = errno, cancel;
	bool ret;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	ret = in_file(path, &l);
	pthread_setcancelstate(cancel, NULL);
	errno = saved;
	return ret;
}
