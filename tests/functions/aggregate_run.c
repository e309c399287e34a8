/* aggregate_run.c
 *
 * Steps of the tests of aggregates. State memory comes from base/memory.h, as in a store, and
 * exactly state_bytes of it, so that ASan sees an accumulator that writes past its state.
 */
#include "tests/functions/aggregate_run.h"

#include "base/memory.h"
#include "functions/registry.h"
#include "tests/functions/notation.h"
#include "tests/test.h"

static struct diag diag;

struct aggregate aggregate_run_resolve(struct arena *arena, const char *name, const char *types,
                                       const char *literal_types, const char *literals)
{
    const struct type *all[AGGREGATE_ARGUMENTS_MAX];
    struct value values[AGGREGATE_ARGUMENTS_MAX];
    const struct value *pointers[AGGREGATE_ARGUMENTS_MAX] = {NULL};
    struct text texts[AGGREGATE_ARGUMENTS_MAX] = {{NULL, 0}};
    uint32_t count = notation_types(arena, types, all, AGGREGATE_ARGUMENTS_MAX);
    const uint32_t literal_count =
        *literal_types ? notation_types(arena, literal_types, all + count, 8) : 0;
    notation_values(arena, all + count, literal_count, literals, values);
    for (uint32_t i = 0; i < literal_count; i++) {
        pointers[count + i] = &values[i];
    }
    struct aggregate aggregate;
    assert_ok(aggregate_resolve(function_registry_builtin(), NULL, text_of(name), all, pointers,
                                texts, count + literal_count, arena, &aggregate, &diag),
              &diag);
    assert_int_equal(aggregate.argument_count, count);
    return aggregate;
}

void *aggregate_run_create(const struct aggregate *aggregate)
{
    void *state = memory_zalloc(aggregate->state_bytes);
    assert_non_null(state);
    assert_ok(aggregate->def->init(aggregate, state, &diag), &diag);
    return state;
}

void aggregate_run_drop(const struct aggregate *aggregate, void *state)
{
    if (aggregate->def->release) {
        aggregate->def->release(state);
    }
    memory_free(state);
}

void aggregate_run_step(const struct aggregate *aggregate, struct arena *arena, void *state,
                        const char *step)
{
    struct value row[AGGREGATE_ARGUMENTS_MAX];
    notation_values(arena, aggregate->argument_types, aggregate->argument_count, step + 1, row);
    if (step[0] == '+') {
        assert_ok(aggregate->def->add(aggregate, state, row, &diag), &diag);
        return;
    }
    assert_int_equal(step[0], '-');
    assert_non_null(aggregate->def->undo);
    assert_ok(aggregate->def->undo(aggregate, state, row, &diag), &diag);
}

const char *aggregate_run_result(const struct aggregate *aggregate, struct arena *arena,
                                 const void *state)
{
    struct value result;
    assert_ok(aggregate->def->result(aggregate, state, arena, &result, &diag), &diag);
    return notation_print(arena, aggregate->result_type, &result);
}

void *aggregate_run_reload(const struct aggregate *aggregate, struct arena *arena,
                           const void *state)
{
    struct value saved;
    struct value copy;
    assert_ok(aggregate->def->save(aggregate, state, arena, &saved, &diag), &diag);
    assert_ok(value_copy(arena, aggregate->state_type, &saved, &copy, &diag), &diag);
    void *loaded = memory_zalloc(aggregate->state_bytes);
    assert_non_null(loaded);
    assert_ok(aggregate->def->load(aggregate, &copy, loaded, &diag), &diag);
    return loaded;
}
