/* date_support.c
 *
 * Compiling a pattern costs more than using it, and a zone id is looked up in a hash of the
 * task; so both are done once per batch for constant arguments, and once per change of text
 * otherwise. Text of a constant does not move within a batch: its address identifies it.
 */
#include "functions/date_support.h"

#include "functions/expr.h"

struct date_scratch {
    struct text pattern;
    const struct time_pattern *program;
    struct text zone_id;
    struct time_zone zone;
    bool has_zone;
};

static bool is_same_text(struct text a, struct text b)
{
    return a.data == b.data && a.bytes == b.bytes;
}

static enum status get_scratch(struct function_call *call, struct date_scratch **out)
{
    if (!call->scratch) {
        call->scratch = ARENA_NEW(call->arena, struct date_scratch);
    }
    *out = call->scratch;
    return *out ? STATUS_OK : diag_no_memory(call->diag);
}

static enum status prepare_literal(const struct function_prepare *prepare,
                                   enum time_pattern_dialect dialect, void **prepared,
                                   struct diag *diag)
{
    const struct value *literal = prepare->literals[1];
    if (!literal || literal->is_null) {
        return STATUS_OK;
    }
    struct diag ignored;
    const struct time_pattern *program = NULL;
    const enum status status =
        time_pattern_compile(literal->text, dialect, prepare->arena, &program, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(diag);
    }
    if (status == STATUS_OK) {
        memcpy(prepared, &program, sizeof(program));
    }
    return STATUS_OK;
}

enum status date_prepare(const struct function_prepare *prepare, void **prepared, struct diag *diag)
{
    return prepare_literal(prepare, TIME_PATTERN_JAVA_TIME, prepared, diag);
}

enum status date_prepare_simple(const struct function_prepare *prepare, void **prepared,
                                struct diag *diag)
{
    return prepare_literal(prepare, TIME_PATTERN_SIMPLE_DATE, prepared, diag);
}

enum status date_pattern(struct function_call *call, const struct value *args,
                         enum time_pattern_dialect dialect, const struct time_pattern **out)
{
    if (call->prepared) {
        *out = call->prepared;
        return STATUS_OK;
    }
    struct date_scratch *scratch = NULL;
    TRY(get_scratch(call, &scratch));
    if (!scratch->program || !is_same_text(scratch->pattern, args[1].text)) {
        TRY(time_pattern_compile(args[1].text, dialect, call->arena, &scratch->program,
                                 call->diag));
        scratch->pattern = args[1].text;
    }
    *out = scratch->program;
    return STATUS_OK;
}

enum status date_zone(struct function_call *call, struct text id, struct time_zone *out)
{
    struct date_scratch *scratch = NULL;
    TRY(get_scratch(call, &scratch));
    if (!scratch->has_zone || !is_same_text(scratch->zone_id, id)) {
        TRY(time_zone_cache_find(call->context->zones, id, &scratch->zone, call->diag));
        scratch->zone_id = id;
        scratch->has_zone = true;
    }
    *out = scratch->zone;
    return STATUS_OK;
}

enum status date_system_zone(struct function_call *call, struct time_zone *out)
{
    struct date_scratch *scratch = NULL;
    TRY(get_scratch(call, &scratch));
    if (!scratch->has_zone) {
        TRY(time_zone_cache_find_system(call->context->zones, &scratch->zone, call->diag));
        scratch->has_zone = true;
    }
    *out = scratch->zone;
    return STATUS_OK;
}
