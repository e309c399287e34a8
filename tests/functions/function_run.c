/* function_run.c
 *
 * Overloads are chosen by the registry's own rules, and NULL arguments are treated as the flags
 * say, so that a row of a test shows what a user of SQL sees. Arguments are not cast: a case
 * gives the types that the overload has.
 */
#include "tests/functions/function_run.h"

#include "base/memory.h"
#include "functions/expr.h"
#include "functions/overload.h"
#include "functions/registry.h"
#include "tests/functions/notation.h"
#include "tests/test.h"

enum { ARGUMENTS_MAX = 16 };

struct run {
    const struct function_def *def;
    uint32_t count;
    const struct type *types[ARGUMENTS_MAX];
    struct value args[ARGUMENTS_MAX];
    const struct type *result_type;
};

static struct diag diag;

static uint64_t fixed_random(void *clock)
{
    (void)clock;
    return UINT64_C(1) << 63;
}

static struct expr_context context = {.random = fixed_random};

static enum status choose(struct arena *arena, const char *name, struct run *run)
{
    const struct function_def *defs = NULL;
    const size_t count = function_find(function_registry_builtin(), text_of(name), &defs);
    if (count == 0) {
        fail_msg("there is no function %s", name);
    }
    struct signature signatures[32];
    struct overload_argument arguments[ARGUMENTS_MAX];
    struct overload_choice choice;
    for (size_t i = 0; i < count; i++) {
        TRY(signature_parse(defs[i].parameters, defs[i].returns, arena, &signatures[i], &diag));
    }
    for (uint32_t i = 0; i < run->count; i++) {
        arguments[i] = (struct overload_argument){.type = run->types[i]};
    }
    const struct overload_set set = {defs->spelling ? defs->spelling : defs->name, signatures,
                                     (uint32_t)count};
    TRY(overload_choose(&set, arguments, run->count, true, arena, &choice, &diag));
    run->def = &defs[choice.index];
    if (run->def->returns_of) {
        return run->def->returns_of(arena, run->types, run->count, &run->result_type, &diag);
    }
    return parameter_type_resolve(signatures[choice.index].returns, &choice.bindings, arena,
                                  &run->result_type, &diag);
}

static bool is_primitive_number(enum type_kind kind)
{
    return kind == TYPE_INTEGER || kind == TYPE_BIGINT || kind == TYPE_DOUBLE ||
           kind == TYPE_BOOLEAN;
}

static enum status call(struct arena *arena, const struct run *run, struct value *out)
{
    struct function_call function_call = {.def = run->def,
                                          .argument_count = run->count,
                                          .argument_types = run->types,
                                          .result_type = run->result_type,
                                          .arena = arena,
                                          .context = &context,
                                          .diag = &diag};
    *out = VALUE_NULL;
    for (uint32_t i = 0; i < run->count; i++) {
        const bool is_refused = (run->def->flags & FUNCTION_PRIMITIVE_NUMBERS) &&
                                is_primitive_number(run->types[i]->kind);
        if (run->args[i].is_null && ((run->def->flags & FUNCTION_STRICT) || is_refused)) {
            return STATUS_OK;
        }
    }
    return run->def->call(&function_call, run->args, out);
}

static const char *failure(struct arena *arena)
{
    return arena_printf(arena, "!%s", diag.message).data;
}

const char *function_run(struct arena *arena, const char *name, const char *types,
                         const char *arguments, const char **type)
{
    struct run run = {.count = notation_types(arena, types, run.types, ARGUMENTS_MAX)};
    struct value result;
    *type = "";
    if (choose(arena, name, &run) != STATUS_OK) {
        return failure(arena);
    }
    struct buffer printed;
    buffer_init(&printed);
    type_print(run.result_type, &printed);
    *type = arena_text(arena, buffer_text(&printed)).data;
    buffer_release(&printed);
    notation_values(arena, run.types, run.count, arguments ? arguments : "", run.args);
    if (call(arena, &run, &result) != STATUS_OK) {
        return failure(arena);
    }
    return notation_print(arena, run.result_type, &result);
}

void function_run_all(const struct function_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct function_case *test = &cases[i];
        struct arena arena;
        const char *type = NULL;
        arena_init(&arena);
        const char *result = function_run(&arena, test->name, test->types, test->arguments, &type);
        if (strcmp(result, test->expected) != 0) {
            fail_msg("%s(%s) of %s: %s instead of %s", test->name, test->types, test->arguments,
                     result, test->expected);
        }
        if (test->expected[0] != '!' && strcmp(type, test->expected_type) != 0) {
            fail_msg("%s(%s) gives %s instead of %s", test->name, test->types, type,
                     test->expected_type);
        }
        arena_release(&arena);
    }
}

void function_run_without_memory(const char *name, const char *types, const char *arguments)
{
    struct arena arena;
    arena_init(&arena);
    struct run run = {.count = notation_types(&arena, types, run.types, ARGUMENTS_MAX)};
    assert_ok(choose(&arena, name, &run), &diag);
    notation_values(&arena, run.types, run.count, arguments, run.args);
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t n = 1; status != STATUS_OK; n++) {
        struct arena results;
        struct value result;
        assert_true(n < 1000);
        arena_init(&results);
        memory_fail_after(n);
        status = call(&results, &run, &result);
        memory_fail_after(0);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        arena_release(&results);
    }
    arena_release(&arena);
}
