/*
 * ctl.h - the built lightwavectl, run to its end on the test's own lightwaved.
 * Part of the tests of the front.
 */
#ifndef LW_TEST_CTL_H
#define LW_TEST_CTL_H

#include <stddef.h>

/* Another program in the place of lightwavectl; borrowed. */
void ctl_use(const char *program);

/*
 * With these arguments (up to NULL) after --runtime-dir; while it runs, the
 * scripted worker works. Its exit code, and what it wrote to both its outputs,
 * of which ret gets size bytes.
 */
int ctl_run(const char *const *args, char *ret, size_t size);

#endif
