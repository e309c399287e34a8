/* driver.h: runs the persistent queries of an engine, on a thread or by hand.
 *
 * A pass runs one round of every running query, those upstream first, so that a pass carries
 * records through a whole chain. When a pass used nothing the driver sleeps until the topics
 * change. */
#ifndef ENGINE_DRIVER_H
#define ENGINE_DRIVER_H

#include "base/status.h"

struct engine;
struct driver;

/* One pass over all queries on the calling thread. *out_progress tells whether records were used.
 * Fails only when the engine cannot go on (the committer has stopped). */
MUST_USE enum status driver_run_pass(struct engine *engine, bool *out_progress,
                                     struct diag *diag);

/* Deletes what is past its topic's retention. The thread does so twice a minute. */
MUST_USE enum status driver_apply_retention(struct engine *engine, struct diag *diag);

/* Starts the thread that makes passes for ever. */
MUST_USE enum status driver_start(struct engine *engine, struct driver **out, struct diag *diag);
/* Ends it after the unit of work that is running: the engine closes. Accepts NULL. */
void driver_stop(struct driver *driver);

#endif
