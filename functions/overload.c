/* overload.c
 *
 * Every signature is tried against the arguments; the fits are compared pairwise. ksqlDB walks
 * a prefix tree of all signatures instead, with extra branches for variadic parameters; the set
 * of fits and their order are the same, and a name has at most a dozen overloads.
 *
 * Type variables must stand for one and the same type everywhere (INT and BIGINT never unify),
 * casts or not, as in ksqlDB: COALESCE(1, 2147483648) does not resolve.
 */
#include "functions/overload.h"

#include <assert.h>

static bool has_variables(const struct parameter_type *type)
{
    if (type->kind == PARAMETER_VARIABLE) {
        return true;
    }
    for (uint32_t i = 0; i < type->part_count; i++) {
        if (has_variables(type->parts[i])) {
            return true;
        }
    }
    return false;
}

static bool bind_variable(uint8_t variable, const struct type *actual,
                          struct type_bindings *bindings)
{
    const struct type *bound = bindings->types[variable];
    if (!bound) {
        bindings->types[variable] = actual;
        return true;
    }
    return type_equal(bound, actual);
}

/* The order of numeric widening; 0 for what is not a number. */
static int numeric_rank(enum type_kind kind)
{
    static const int ranks[TYPE_KIND_COUNT] = {
        [TYPE_INTEGER] = 1, [TYPE_BIGINT] = 2, [TYPE_DECIMAL] = 3, [TYPE_DOUBLE] = 4};
    return ranks[kind];
}

static bool casts_implicitly(enum type_kind from, enum type_kind to)
{
    if (numeric_rank(from) > 0) {
        return numeric_rank(to) > numeric_rank(from);
    }
    return from == TYPE_STRING &&
           (to == TYPE_DATE || to == TYPE_TIME || to == TYPE_TIMESTAMP || to == TYPE_BYTES);
}

static bool accepts(const struct parameter_type *type, const struct type *actual, bool casts,
                    struct type_bindings *bindings);

/* No casts inside a STRUCT, and a STRUCT without fields fits any. */
static bool accepts_struct(const struct parameter_type *type, const struct type *actual,
                           struct type_bindings *bindings)
{
    if (actual->kind != TYPE_STRUCT) {
        return false;
    }
    if (actual->field_count == 0 || type->part_count == 0) {
        return true;
    }
    for (uint32_t i = 0; i < type->part_count; i++) {
        const int at = type_find_field(actual, type->names[i]);
        if (at < 0 || !accepts(type->parts[i], actual->fields[at].type, false, bindings)) {
            return false;
        }
    }
    return actual->field_count == type->part_count;
}

static bool accepts(const struct parameter_type *type, const struct type *actual, bool casts,
                    struct type_bindings *bindings)
{
    if (actual->kind == TYPE_NULL) {
        return true;
    }
    switch (type->kind) {
    case PARAMETER_PRIMITIVE:
    case PARAMETER_DECIMAL:
        return actual->kind == type->of || (casts && casts_implicitly(actual->kind, type->of));
    case PARAMETER_ARRAY:
        return actual->kind == TYPE_ARRAY &&
               accepts(type->parts[0], actual->element, casts, bindings);
    case PARAMETER_MAP:
        return actual->kind == TYPE_MAP && accepts(type->parts[0], actual->key, casts, bindings) &&
               accepts(type->parts[1], actual->element, casts, bindings);
    case PARAMETER_STRUCT:
        return accepts_struct(type, actual, bindings);
    case PARAMETER_ANY:
        return true;
    case PARAMETER_VARIABLE:
        return bind_variable(type->variable, actual, bindings);
    case PARAMETER_UNIT:
    case PARAMETER_LAMBDA:
        return false;
    }
    assert(false);
    return false;
}

bool parameter_type_bind(const struct parameter_type *type, const struct type *actual,
                         struct type_bindings *bindings)
{
    return accepts(type, actual, false, bindings);
}

static bool accepts_argument(const struct parameter_type *type,
                             const struct overload_argument *argument, bool casts,
                             struct type_bindings *bindings)
{
    if (argument->lambda_argument_count > 0) {
        return type->kind == PARAMETER_LAMBDA &&
               type->part_count - 1 == argument->lambda_argument_count;
    }
    if (argument->is_unit) {
        return type->kind == PARAMETER_UNIT;
    }
    /* Parts of a generic parameter bind as they are: no casts beside a type variable. */
    return accepts(type, argument->type, casts && !has_variables(type), bindings);
}

/* Index of the variadic parameter, or -1. */
static int variadic_at(const struct signature *signature)
{
    for (uint32_t i = 0; i < signature->parameter_count; i++) {
        if (signature->parameters[i].is_variadic) {
            return (int)i;
        }
    }
    return -1;
}

/* The parameter that takes argument i of count. */
static const struct parameter *parameter_for(const struct signature *signature, uint32_t i,
                                             uint32_t count)
{
    const int variadic = variadic_at(signature);
    if (variadic < 0 || i < (uint32_t)variadic) {
        return &signature->parameters[i];
    }
    const uint32_t repeats = count - (signature->parameter_count - 1);
    const uint32_t at = (uint32_t)variadic;
    return &signature->parameters[i < at + repeats ? at : i - repeats + 1];
}

static bool count_fits(const struct signature *signature, uint32_t argument_count)
{
    if (variadic_at(signature) < 0) {
        return argument_count == signature->parameter_count;
    }
    return argument_count + 1 >= signature->parameter_count;
}

static bool signature_fits(const struct signature *signature,
                           const struct overload_argument *arguments, uint32_t argument_count,
                           bool casts, struct type_bindings *bindings)
{
    *bindings = (struct type_bindings){0};
    if (!count_fits(signature, argument_count)) {
        return false;
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        const struct parameter *parameter = parameter_for(signature, i, argument_count);
        if (!accepts_argument(parameter->type, &arguments[i], casts, bindings)) {
            return false;
        }
    }
    return true;
}

static uint32_t generic_count(const struct signature *signature)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < signature->parameter_count; i++) {
        count += has_variables(signature->parameters[i].type) ? 1 : 0;
    }
    return count;
}

static bool has_any_variadic(const struct signature *signature)
{
    const int at = variadic_at(signature);
    return at >= 0 && signature->parameters[at].type->kind == PARAMETER_ANY;
}

/* >0 when a is the better of two fits. */
static int compare_fits(const struct signature *a, const struct signature *b)
{
    const int variadic_a = variadic_at(a);
    const int variadic_b = variadic_at(b);
    if ((variadic_a < 0) != (variadic_b < 0)) {
        return variadic_a < 0 ? 1 : -1;
    }
    if (a->parameter_count != b->parameter_count) {
        return a->parameter_count > b->parameter_count ? 1 : -1;
    }
    const uint32_t generic_a = generic_count(a);
    const uint32_t generic_b = generic_count(b);
    if (generic_a != generic_b) {
        return generic_a < generic_b ? 1 : -1;
    }
    if (has_any_variadic(a) != has_any_variadic(b)) {
        return has_any_variadic(a) ? -1 : 1;
    }
    return (variadic_a > variadic_b) - (variadic_a < variadic_b);
}

static void print_arguments(const struct overload_argument *arguments, uint32_t count,
                            struct buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        if (arguments[i].lambda_argument_count > 0) {
            buffer_append_string(out, "LAMBDA");
        } else if (arguments[i].is_unit) {
            buffer_append_string(out, "INTERVALUNIT");
        } else if (arguments[i].type->kind == TYPE_NULL) {
            buffer_append_string(out, "null");
        } else {
            type_print(arguments[i].type, out);
        }
    }
}

static void print_alternatives(const char *spelling, const struct signature *signatures,
                               uint32_t signature_count, struct buffer *out)
{
    for (uint32_t i = 0; i < signature_count; i++) {
        buffer_append_byte(out, '\n');
        signature_print(spelling, &signatures[i], out);
    }
    buffer_append_string(
        out, "\nFor detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;");
}

/* problem goes before the list of argument types, advice behind it. */
static enum status refuse(const struct overload_set *set, const char *problem, const char *advice,
                          const struct overload_argument *arguments, uint32_t argument_count,
                          struct diag *diag)
{
    struct buffer text;
    buffer_init(&text);
    buffer_printf(&text, "Function '%s' %s (", set->spelling, problem);
    print_arguments(arguments, argument_count, &text);
    buffer_append_string(&text, ").\n");
    buffer_append_string(&text, advice);
    print_alternatives(set->spelling, set->signatures, set->count, &text);
    enum status status = buffer_status(&text, diag);
    if (status == STATUS_OK) {
        status =
            diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%.*s", TEXT_ARGS(buffer_text(&text)));
    }
    buffer_release(&text);
    return status;
}

enum status overload_refuse(const struct overload_set *set,
                            const struct overload_argument *arguments, uint32_t argument_count,
                            struct diag *diag)
{
    return refuse(set, "does not accept parameters", "Valid alternatives are:", arguments,
                  argument_count, diag);
}

static enum status refuse_tie(const struct overload_set *set,
                              const struct overload_argument *arguments, uint32_t argument_count,
                              struct diag *diag)
{
    return refuse(set, "cannot be resolved due to ambiguous method parameters",
                  "Use CAST() to explicitly cast your parameters to one of the supported function "
                  "calls.\nValid function calls are:",
                  arguments, argument_count, diag);
}

/* The best fit's index, -1 for none; *is_tie when another is as good. */
static int best_fit(const struct overload_set *set, const struct overload_argument *arguments,
                    uint32_t argument_count, bool casts, bool *is_tie)
{
    const struct signature *signatures = set->signatures;
    int best = -1;
    *is_tie = false;
    struct type_bindings bindings;
    for (uint32_t i = 0; i < set->count; i++) {
        if (!signature_fits(&signatures[i], arguments, argument_count, casts, &bindings)) {
            continue;
        }
        const int order = best < 0 ? 1 : compare_fits(&signatures[i], &signatures[best]);
        if (order > 0) {
            best = (int)i;
            *is_tie = false;
        } else if (order == 0) {
            *is_tie = true;
        }
    }
    return best;
}

enum status overload_choose(const struct overload_set *set,
                            const struct overload_argument *arguments, uint32_t argument_count,
                            bool casts_allowed, struct arena *arena, struct overload_choice *out,
                            struct diag *diag)
{
    bool is_tie = false;
    bool casts = false;
    int best = best_fit(set, arguments, argument_count, casts, &is_tie);
    if (best < 0 && casts_allowed) {
        casts = true;
        best = best_fit(set, arguments, argument_count, casts, &is_tie);
    }
    if (best < 0) {
        return overload_refuse(set, arguments, argument_count, diag);
    }
    if (is_tie) {
        return refuse_tie(set, arguments, argument_count, diag);
    }
    const struct parameter **parameters = arena_array(arena, argument_count, sizeof(*parameters));
    if (!parameters) {
        return diag_no_memory(diag);
    }
    const struct signature *chosen = &set->signatures[best];
    for (uint32_t i = 0; i < argument_count; i++) {
        parameters[i] = parameter_for(chosen, i, argument_count);
    }
    out->index = (uint32_t)best;
    out->parameters = parameters;
    const bool fits = signature_fits(chosen, arguments, argument_count, casts, &out->bindings);
    assert(fits);
    (void)fits;
    return STATUS_OK;
}

static enum status cast_type(const struct parameter_type *parameter, const struct type *actual,
                             struct arena *arena, const struct type **out, struct diag *diag)
{
    *out = actual;
    if (parameter->kind == PARAMETER_ARRAY || parameter->kind == PARAMETER_MAP) {
        const bool is_array = parameter->kind == PARAMETER_ARRAY;
        const struct type *key = actual->key;
        const struct type *element = NULL;
        if (!is_array) {
            TRY(cast_type(parameter->parts[0], actual->key, arena, &key, diag));
        }
        TRY(cast_type(parameter->parts[is_array ? 0 : 1], actual->element, arena, &element, diag));
        if (key == actual->key && element == actual->element) {
            return STATUS_OK;
        }
        *out = is_array ? type_array(arena, element) : type_map(arena, key, element);
        return *out ? STATUS_OK : diag_no_memory(diag);
    }
    if (parameter->kind != PARAMETER_PRIMITIVE || parameter->of == actual->kind) {
        return STATUS_OK;
    }
    if (parameter->of != TYPE_DECIMAL) {
        *out = type_of(parameter->of);
        return STATUS_OK;
    }
    *out = type_decimal(arena, actual->kind == TYPE_INTEGER ? 10 : 19, 0);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

enum status overload_cast_type(const struct parameter *parameter, const struct type *argument,
                               struct arena *arena, const struct type **out, struct diag *diag)
{
    *out = NULL;
    if (argument->kind == TYPE_NULL) {
        return STATUS_OK;
    }
    const struct type *target = NULL;
    TRY(cast_type(parameter->type, argument, arena, &target, diag));
    *out = target == argument ? NULL : target;
    return STATUS_OK;
}
