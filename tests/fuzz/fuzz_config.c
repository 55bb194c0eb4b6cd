/*
 * fuzz_config.c - is every configuration whole or refused in one line?
 * The input is the file.
 */
#include "cleanup.h"
#include "config.h"
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

const char fuzz_target[] = "config";

/* A file in memory that holds the input; its path. */
static const char *file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("lightwave.conf", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) < 0 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

/* How many lines refuse somebody, read as simply as can be. */
static size_t denials(const char *text)
{
	bool access = false;
	size_t n = 0;

	if (!strncmp(text, "\xEF\xBB\xBF", 3))
		text += 3;
	while (*text) {
		if (*text == '[')
			access = !strncmp(text, "[access]", 8) ||
				 !strncmp(text, "[access:", 8);
		else if (access && !strncmp(text, "deny", 4))
			n += strchr("=: \t", text[4]) != NULL;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

static bool is_section(const char *text, const char *service)
{
	char section[128];

	snprintf(section, sizeof(section), "[access:%s]", service);
	return service[0] && strstr(text, section);
}

static void list(const struct lw_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fuzz_holds(l->v[i] && l->v[i][0], "no item is empty");
}

static void rules(const struct lw_config *c, const char *text)
{
	size_t n = c->deny.n;

	list(&c->allow);
	list(&c->deny);
	for (size_t i = 0; i < c->service_access_count; i++) {
		const struct lw_service_access *s = &c->service_access[i];

		fuzz_holds(s->service && is_section(text, s->service),
			   "a service's rules are those of its section");
		for (size_t k = 0; k < i; k++)
			fuzz_holds(strcmp(s->service,
					  c->service_access[k].service) != 0,
				   "a service's rules stand together");
		list(&s->allow);
		list(&s->deny);
		n += s->deny.n;
	}
	fuzz_holds(n >= denials(text), "no line that denies is passed over");
}

static void path_or_none(const char *path)
{
	fuzz_holds(!path || path[0] == '/', "a path begins at the root");
}

static void whole(const struct lw_config *c)
{
	struct lw_naming naming = lw_config_naming(c);

	fuzz_holds(c->domain && strchr(c->domain, '.'), "the domain is one");
	fuzz_holds(c->realm && !strcasecmp(c->realm, c->domain),
		   "the realm is the domain");
	fuzz_holds(c->base_dn && !strncmp(c->base_dn, "dc=", 3),
		   "the base is the domain's");
	list(&c->servers);
	fuzz_holds(c->ca_file || c->ca_dir, "somebody vouches for the servers");
	path_or_none(c->ca_file);
	path_or_none(c->ca_dir);
	fuzz_holds(c->machine_dn && c->machine_dn[0], "the machine is named");
	path_or_none(c->password_file);
	path_or_none(c->keytab);
	fuzz_holds(c->password_file || (c->keytab && c->sasl_mech &&
					!strcmp(c->sasl_mech, "GSSAPI")),
		   "the machine can say who it is");
	fuzz_holds(c->home && c->home[0] == '/' && strstr(c->home, "%u"),
		   "no two users share a home");
	fuzz_holds(c->shell && c->shell[0] == '/', "there is a shell");
	fuzz_holds(c->lookup_workers > 0 && c->login_workers > 0 &&
			   c->timeout > 0,
		   "somebody works");
	fuzz_holds(c->well_known_base == 0 || c->well_known_base >= 1000,
		   "no id is the system's");
	fuzz_holds(naming.domain && naming.netbios, "names can be read");
	fuzz_holds(naming.format != LW_NAME_SHORT || naming.bare,
		   "a name that we write is one that we read");
	for (size_t i = 0; i < c->local_group_count; i++)
		fuzz_holds(c->local_groups[i].local[0] &&
				   c->local_groups[i].directory[0],
			   "a local group is somebody's");
	for (size_t i = 0; i < c->local_group_count; i++)
		fuzz_holds(strcmp(c->local_groups[i].local,
				  "allow_privileged_groups") != 0,
			   "a switch is no group");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lw_cleanup(lw_free) char *text = fuzz_text(data, size);
	const char *path = file(data, size);
	struct lw_config *c = NULL;
	char error[512] = "";
	size_t n = strlen(path);
	enum lw_err e = lw_config_load(path, &c, error, sizeof(error));

	fuzz_count(e == LW_OK);
	if (e == LW_OK) {
		fuzz_holds(!error[0], "what is good has no error");
		whole(c);
		rules(c, text);
	} else {
		fuzz_holds(e == LW_INVALID, "it is the file's fault");
		fuzz_holds(!c, "what is refused is not given");
		fuzz_holds(!strncmp(error, path, n) && error[n] == ':',
			   "the error names the file");
		fuzz_holds(size == 0 || error[n + 1] != '0',
			   "lines begin at 1");
		fuzz_holds(!strchr(error, '\n'), "the error is one line");
	}
	lw_config_free(c);
	return 0;
}
