/* workload.h: a wide chain of queries, its seeded input, and all that it leaves as one text.
 *
 * Two runs over the same input are equal exactly when their texts are: every record of every topic
 * (partition, offset, key, value, time, headers) and the ledger of every query. */
#ifndef TESTS_EXACTNESS_WORKLOAD_H
#define TESTS_EXACTNESS_WORKLOAD_H

#include "base/buffer.h"
#include "engine/engine.h"

/* How one run is cut. Zeros are the engine's defaults. */
struct cut {
    size_t batch_rows;
    size_t commit_rows;
};

/* Opens an engine that is driven by hand. dir NULL: in memory. Fails the test where it cannot. */
struct engine *workload_open(const char *dir, struct cut cut);

/* Creates sources and queries. */
void workload_define(struct engine *engine);

/* Appends records from number first on, the same ones for the same numbers. */
void workload_feed(struct engine *engine, uint32_t first, uint32_t count);

void workload_run(struct engine *engine);

/* Requires for every query that what it has read is accounted for. */
void workload_check_ledgers(struct engine *engine);

/* Appends the text of all that is there. */
void workload_print(struct engine *engine, struct buffer *out);

#endif
