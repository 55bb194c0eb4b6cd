/* nss_module.c - call libnss_lightwave. For the tests of that module. */
#include "nss_module.h"

#include "check.h"
#include "cleanup.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void *symbol(void *handle, const char *name)
{
	void *p = dlsym(handle, name);

	if (!p) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return p;
}

void nss_module_load(struct nss_module *m)
{
	nss_module_load_from(m, NSS_MODULE);
}

void nss_module_load_from(struct nss_module *m, const char *path)
{
	m->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!m->handle) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	m->getpwnam = symbol(m->handle, "_nss_lightwave_getpwnam_r");
	m->getpwuid = symbol(m->handle, "_nss_lightwave_getpwuid_r");
	m->getgrnam = symbol(m->handle, "_nss_lightwave_getgrnam_r");
	m->getgrgid = symbol(m->handle, "_nss_lightwave_getgrgid_r");
	m->initgroups = symbol(m->handle, "_nss_lightwave_initgroups_dyn");
	m->getspnam = symbol(m->handle, "_nss_lightwave_getspnam_r");
	m->setpwent = symbol(m->handle, "_nss_lightwave_setpwent");
	m->getpwent = symbol(m->handle, "_nss_lightwave_getpwent_r");
	m->endpwent = symbol(m->handle, "_nss_lightwave_endpwent");
	m->setgrent = symbol(m->handle, "_nss_lightwave_setgrent");
	m->getgrent = symbol(m->handle, "_nss_lightwave_getgrent_r");
	m->endgrent = symbol(m->handle, "_nss_lightwave_endgrent");
}

/* What w holds, from now on the caller's. */
static uint8_t *take(struct lw_wr *w, size_t *ret_n)
{
	assert_int_equal(lw_wr_end(w), LW_OK);
	*ret_n = (size_t)(w->p - w->base);
	return w->base;
}

uint8_t *nss_passwd(const struct lw_passwd *pw, size_t *ret_n)
{
	struct lw_wr w;

	lw_wr_heap(&w, LW_REPLY_MAX);
	lw_passwd_encode(&w, pw);
	return take(&w, ret_n);
}

const char *nss_member(uint32_t i, char *ret)
{
	snprintf(ret, 32, "user%u@lightwave.local", i);
	return ret;
}

uint8_t *nss_group(uint32_t gid, const char *name, uint32_t members,
		   size_t *ret_n)
{
	struct lw_wr w;
	char member[32];

	lw_wr_heap(&w, LW_REPLY_MAX);
	lw_wr_u32(&w, gid);
	lw_wr_str(&w, lw_str(name));
	lw_wr_u32(&w, members);
	for (uint32_t i = 0; i < members; i++)
		lw_wr_str(&w, lw_str(nss_member(i, member)));
	return take(&w, ret_n);
}

uint8_t *nss_gids(uint32_t first, uint32_t count, size_t *ret_n)
{
	struct lw_wr w;

	lw_wr_heap(&w, LW_REPLY_MAX);
	lw_wr_u32(&w, count);
	for (uint32_t i = 0; i < count; i++)
		lw_wr_u32(&w, first + i);
	return take(&w, ret_n);
}

enum nss_status nss_ask_all(const struct nss_module *m)
{
	long start = 1, size = 1;
	lw_cleanup(lw_free) gid_t *gids = calloc(1, sizeof(*gids));
	enum nss_status all[5];
	struct passwd pw;
	struct group gr;
	char buf[4096];
	int e;

	assert_non_null(gids);
	all[0] =
		m->getpwnam("alice@lightwave.local", &pw, buf, sizeof(buf), &e);
	all[1] = m->getpwuid(16778241, &pw, buf, sizeof(buf), &e);
	all[2] =
		m->getgrnam("wheel@lightwave.local", &gr, buf, sizeof(buf), &e);
	all[3] = m->getgrgid(16778242, &gr, buf, sizeof(buf), &e);
	all[4] = m->initgroups("alice@lightwave.local", 100, &start, &size,
			       &gids, -1, &e);
	for (size_t i = 1; i < COUNT(all); i++)
		assert_int_equal(all[i], all[0]);
	if (all[0] != NSS_STATUS_SUCCESS) {
		assert_int_equal(start, 1);
		assert_int_equal(gids[0], 0);
	}
	return all[0];
}
