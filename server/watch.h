/* watch.h: deadlines and departures of HTTP/1.1 connections.
 *
 * libmicrohttpd counts a connection as active with every byte, and does not look at a connection
 * that waits for its answer at all. So a thread of our own shuts down sockets that take too long
 * to send a request, and tells an exchange when its client has gone while it waits.
 *
 * Thread: any. Locks: the watch's own, taken under an exchange's lock by park and unpark, and
 * never held around calls into an exchange. */
#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct exchange;
struct metrics;
struct watch;
struct watched; /* one connection */

MUST_USE enum status watch_open(struct metrics *metrics, struct watch **out, struct diag *diag);
/* Every connection must have been removed. Accepts NULL. */
void watch_close(struct watch *watch);

/* NULL when memory is out. fd must stay open until watch_remove(). */
struct watched *watch_add(struct watch *watch, int fd);
void watch_remove(struct watch *watch, struct watched *watched);

/* The socket is shut down unless the deadline is moved or taken away in time; 0: none. */
void watch_set_deadline(struct watch *watch, struct watched *watched, int64_t timeout_ms);
/* The same, unless the deadline is earlier already. */
void watch_lower_deadline(struct watch *watch, struct watched *watched, int64_t timeout_ms);

/* From park to unpark the connection waits for its answer: exchange_hang_up() is called when the
 * client leaves. */
void watch_park(struct watch *watch, struct watched *watched, struct exchange *exchange);
void watch_unpark(struct watch *watch, struct watched *watched);

/* Hangs up every exchange that is parked; returns how many there were. */
size_t watch_hang_up_all(struct watch *watch);

#endif
