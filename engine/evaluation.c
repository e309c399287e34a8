/* evaluation.c
 *
 * Statements, pull queries and tasks all evaluate expressions; what differs is where errors of
 * single rows go. Here they go nowhere: the row's column is NULL, and the client sees that.
 */
#include "engine/evaluation.h"

#include <sys/random.h>

#include "base/time_zone.h"
#include "engine/engine_state.h"
#include "functions/regex.h"

uint64_t evaluation_random(void *clock)
{
    (void)clock;
    uint64_t value = 0;
    return getrandom(&value, sizeof(value), 0) == (ssize_t)sizeof(value) ? value : 0;
}

static void ignore(void *context, size_t row, const struct expr *expr, const char *message)
{
    (void)context;
    (void)row;
    (void)expr;
    (void)message;
}

enum status evaluation_init(struct evaluation *evaluation, struct engine *engine,
                            struct arena *arena, struct diag *diag)
{
    *evaluation = (struct evaluation){0};
    evaluation->errors.report = ignore;
    evaluation->context = (struct expr_context){
        .arena = arena,
        .errors = &evaluation->errors,
        .nested_errors_are_null = true,
        .now_ms = engine->options.now_ms,
        .random = evaluation_random,
        .clock = engine->options.clock,
    };
    TRY(time_zone_cache_create(&evaluation->context.zones, diag));
    const enum status status = regex_cache_create(&evaluation->context.regexes, diag);
    if (status != STATUS_OK) {
        evaluation_release(evaluation);
    }
    return status;
}

void evaluation_release(struct evaluation *evaluation)
{
    time_zone_cache_destroy(evaluation->context.zones);
    regex_cache_destroy(evaluation->context.regexes);
    *evaluation = (struct evaluation){0};
}
