/*
 * nss_module.h - the test copy of libnss_lightwave, loaded and called
 * directly.
 */
#ifndef LW_TEST_NSS_MODULE_H
#define LW_TEST_NSS_MODULE_H

#include "../../nss_lightwave/module.h"

struct nss_module {
	void *handle;
	__typeof__(&_nss_lightwave_getpwnam_r) getpwnam;
	__typeof__(&_nss_lightwave_getpwuid_r) getpwuid;
	__typeof__(&_nss_lightwave_getgrnam_r) getgrnam;
	__typeof__(&_nss_lightwave_getgrgid_r) getgrgid;
	__typeof__(&_nss_lightwave_initgroups_dyn) initgroups;
	__typeof__(&_nss_lightwave_getspnam_r) getspnam; /* root's */
	__typeof__(&_nss_lightwave_setpwent) setpwent, setgrent;
	__typeof__(&_nss_lightwave_endpwent) endpwent, endgrent;
	__typeof__(&_nss_lightwave_getpwent_r) getpwent;
	__typeof__(&_nss_lightwave_getgrent_r) getgrent;
};

/* Fails the program where the module or an entry point is missing. */
void nss_module_load(struct nss_module *m);
void nss_module_load_from(struct nss_module *m, const char *path);

/* Answers to build replies from; the caller frees. ret_n: bytes. */
uint8_t *nss_passwd(const struct lw_passwd *pw, size_t *ret_n);
uint8_t *nss_group(uint32_t gid, const char *name, uint32_t members,
		   size_t *ret_n);
uint8_t *nss_gids(uint32_t first, uint32_t count, size_t *ret_n);

/* The name of member i in nss_group(); ret has room for 32 bytes. */
const char *nss_member(uint32_t i, char *ret);

/* Every entry point once, with a large buffer; the statuses all the same. */
enum nss_status nss_ask_all(const struct nss_module *m);

#endif
