/* check.h - cmocka, with the headers that it wants before itself. */
#ifndef LW_TEST_CHECK_H
#define LW_TEST_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

#endif
