/*
 * notify.h - tell the service manager how far we are. Both daemons.
 *
 * sd_notify(3) where we were built with libsystemd and started by systemd,
 * nothing elsewhere. NOTIFY_SOCKET is read from the environment at each call,
 * so a program that empties its environment keeps that one variable.
 */
#ifndef LW_NOTIFY_H
#define LW_NOTIFY_H

/* Serving: after the start, and again after lw_notify_reloading(). */
void lw_notify_ready(void);
void lw_notify_reloading(void);
void lw_notify_stopping(void);

#endif
