/*
 * check.h - whether the files the configuration names can be used.
 */
#ifndef LW_CHECK_H
#define LW_CHECK_H

#include "config.h"

/*
 * ca_file, ca_dir, password_file and keytab, as this process may read them, and
 * whether nobody else can read what is secret. Nobody is asked over the
 * network. LW_INVALID: error holds one line for people.
 */
enum lw_err lw_check_files(const struct lw_config *c, char *error,
			   size_t error_size);

#endif
