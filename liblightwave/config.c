/* config.c - the configuration file, whole or not at all. Both daemons. */
#include "config.h"

#include "cleanup.h"
#include "config_keys.h"
#include "config_whole.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <string.h>

/* inih asks us for each line, so that we know where we are. */
struct parse {
	struct lw_config *c;
	const char *path;
	FILE *f;
	int line;
	enum lw_err err; /* of the first complaint */
	uint64_t seen;	 /* bit n: key n of the table was given */
	char *error;
	size_t error_size;
};

static void complain(struct parse *p, enum lw_err e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct parse *p, enum lw_err e, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	if (p->err != LW_OK)
		return; /* the first one is the one to mend */
	p->err = e;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (p->line)
		snprintf(p->error, p->error_size, "%s:%d: %s", p->path, p->line,
			 what);
	else
		snprintf(p->error, p->error_size, "%s: %s", p->path, what);
}

/*
 * What inih would pass over: an unknown section that is empty, and a key on
 * the line of its section.
 */
static void check_section(struct parse *p, const char *s)
{
	char section[64];
	const char *after;
	size_t n;

	s += strspn(s, " \t\xEF\xBB\xBF");
	if (*s != '[')
		return;
	n = strcspn(++s, "]\n");
	if (s[n] != ']') {
		complain(p, LW_INVALID, "a section is [name]");
		return;
	}
	after = s + n + 1;
	after += strspn(after, " \t\r\n");
	snprintf(section, sizeof(section), "%.*s", (int)n, s);
	if (n >= sizeof(section) || !lw_config_section_known(section))
		complain(p, LW_INVALID, "unknown section [%.*s]", (int)n, s);
	else if (*after && *after != '#' && *after != ';')
		complain(p, LW_INVALID, "nothing may follow [%.*s]", (int)n, s);
}

/* fgets(3), but it tells how much it read: a NUL would hide the rest. */
static size_t take_line(struct parse *p, char *buf, size_t size)
{
	size_t n = 0;
	int c = 0;

	while (n + 1 < size && c != '\n') {
		c = getc(p->f);
		if (c == EOF)
			break;
		buf[n++] = (char)c;
	}
	buf[n] = '\0';
	if (ferror(p->f))
		complain(p, LW_OFFLINE, "%s", strerror(errno));
	return n;
}

static char *next_line(char *buf, int size, void *arg)
{
	struct parse *p = arg;
	size_t n;

	if (p->err != LW_OK)
		return NULL;
	n = take_line(p, buf, (size_t)size);
	if (n == 0)
		return NULL;
	p->line++;
	if (strlen(buf) != n)
		complain(p, LW_INVALID, "the line holds a NUL");
	else if (n + 1 == (size_t)size && buf[n - 1] != '\n')
		complain(p, LW_INVALID,
			 "longer than %d bytes; a list may be continued by "
			 "another line with the same key",
			 size - 2);
	/* An indented line would silently continue the one before. */
	else if ((buf[0] == ' ' || buf[0] == '\t') &&
		 buf[strspn(buf, " \t\r\n")] != '\0')
		complain(p, LW_INVALID, "a line must not begin with a blank");
	check_section(p, buf);
	return p->err == LW_OK ? buf : NULL;
}

static int on_value(void *arg, const char *section, const char *name,
		    const char *value)
{
	struct parse *p = arg;
	char why[160] = "";
	enum lw_err e;
	int key;

	if (p->err != LW_OK)
		return 1;
	if (!*section) {
		complain(p, LW_INVALID,
			 "'%s' stands before the first [section]", name);
		return 1;
	}
	key = lw_config_key(section, name);
	if (key < 0) {
		complain(p, LW_INVALID, "unknown key '%s' in [%s]", name,
			 section);
		return 1;
	}
	if (!lw_config_key_repeats(key) && p->seen >> key & 1) {
		complain(p, LW_INVALID, "'%s' is given twice", name);
		return 1;
	}
	p->seen |= UINT64_C(1) << key;
	e = lw_config_set(p->c, key, section, name, value,
			  (struct lw_why) { why, sizeof(why) });
	if (e == LW_NOMEM)
		complain(p, e, "out of memory");
	else if (e != LW_OK)
		complain(p, e, "%s = %s: %s", name, value, why);
	return 1;
}

/* All of the file; complaints are in p. */
static void parse(struct parse *p)
{
	const char *missing;
	int r = ini_parse_stream(next_line, p, on_value, p);

	if (r < 0)
		complain(p, LW_NOMEM, "out of memory");
	if (p->err != LW_OK)
		return;
	p->line = r;
	if (r > 0)
		complain(p, LW_INVALID, "neither [section] nor key = value");
	lw_config_settle(p->c);
	missing = lw_config_missing(p->c, p->seen);
	if (missing)
		complain(p, LW_INVALID, "%s", missing);
}

enum lw_err lw_config_load(const char *path, struct lw_config **ret,
			   char *error, size_t error_size)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	struct parse p = {
		.path = path, .f = f, .error = error, .error_size = error_size
	};

	if (!f) {
		complain(&p, LW_OFFLINE, "%s", strerror(errno));
		return p.err;
	}
	p.c = lw_config_new();
	if (!p.c) {
		complain(&p, LW_NOMEM, "out of memory");
		return p.err;
	}
	parse(&p);
	if (p.err != LW_OK) {
		lw_config_free(p.c);
		return p.err;
	}
	*ret = p.c;
	return LW_OK;
}

struct lw_naming lw_config_naming(const struct lw_config *c)
{
	return (struct lw_naming) {
		.domain = c->domain,
		.netbios = c->netbios_name,
		.bare = c->default_domain_names ||
			c->name_format == LW_NAME_SHORT,
		.format = c->name_format,
	};
}
