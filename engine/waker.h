/* waker.h: one thread that tells cursors when their topics have something durable and new.
 *
 * Ten thousand idle subscribers of one topic cost one comparison per commit, not ten thousand:
 * cursors are grouped by topic, and a group is told only when its topic has grown. Thread: any.
 * Locks: the waker's own, taken under cursor_lock; held while cursors' wake functions run. */
#ifndef ENGINE_WAKER_H
#define ENGINE_WAKER_H

#include "base/status.h"

struct cursor;
struct topics;
struct waker;

MUST_USE enum status waker_start(struct topics *topics, struct waker **out, struct diag *diag);
/* No cursor may be left in it. Accepts NULL. */
void waker_stop(struct waker *waker);

/* Calls cursor->wake whenever one of its topics has grown, from now on. */
MUST_USE enum status waker_add(struct waker *waker, struct cursor *cursor, struct diag *diag);
/* After this cursor->wake is not called any more. A cursor that was never added is fine. */
void waker_remove(struct waker *waker, struct cursor *cursor);

#endif
