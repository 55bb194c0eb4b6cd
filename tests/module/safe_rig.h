/*
 * safe_rig.h - libnss_lightwave, answered by a real lightwaved in either way:
 * from the map, or on the socket. For the tests of what it does to a process.
 */
#ifndef LW_TEST_SAFE_RIG_H
#define LW_TEST_SAFE_RIG_H

#include "nss_module.h"

#include <stdbool.h>

extern struct nss_module safe_nss;

/* Setups of cmocka: lightwaved knows all, with a map or without one. */
int safe_by_map(void **state);
int safe_by_socket(void **state);
/* Teardown: it ends well, and so it was alive. */
int safe_end(void **state);
bool safe_has_map(void);

/* One user and one group by id; whether both are right. */
bool safe_look(void);

/* The exit code of f() in a child; 128 + a signal's number. */
int safe_in_child(int (*f)(void));

/* Open descriptors, and mappings of this process, in all. */
size_t safe_descriptors(void);
size_t safe_mappings(void);

#define SAFE_BOTH(f)                                                           \
	cmocka_unit_test_setup_teardown(f, safe_by_map, safe_end),             \
		cmocka_unit_test_setup_teardown(f, safe_by_socket, safe_end)

#endif
