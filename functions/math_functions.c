/* math_functions.c
 *
 * The MATHEMATICAL family. Most functions take an INT, BIGINT or DOUBLE and compute in doubles:
 * their rows name a C function, and one call serves them all. Where C and Java differ (powers of
 * 1, logarithms to a bad base) Java's answer is given.
 *
 * Source: ksqlDB's package function.udf.math.
 */
#include <math.h>

#include "base/decimal.h"
#include "functions/expr.h"
#include "functions/families.h"
#include "functions/math_rounding.h"
#include "functions/natural_order.h"

/* --- Functions of doubles -------------------------------------------------------------- */

struct real_function {
    double (*of_one)(double value);
    double (*of_two)(double first, double second);
};

static double real_of(const struct type *type, const struct value *value)
{
    if (type->kind == TYPE_INTEGER) {
        return value->int32;
    }
    return type->kind == TYPE_BIGINT ? (double)value->int64 : value->real;
}

static enum status real_call(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const struct real_function *function = call->def->context;
    const double first = real_of(call->argument_types[0], &args[0]);
    if (function->of_one) {
        *out = value_real(function->of_one(first));
        return STATUS_OK;
    }
    *out = value_real(function->of_two(first, real_of(call->argument_types[1], &args[1])));
    return STATUS_OK;
}

static double cotangent(double angle)
{
    return 1.0 / tan(angle);
}

static double to_degrees(double angle)
{
    return angle * 57.29577951308232;
}

static double to_radians(double angle)
{
    return angle * 0.017453292519943295;
}

static double logarithm(double base, double value)
{
    return base <= 0.0 || base == 1.0 ? NAN : log(value) / log(base);
}

/* Math.pow: C has 1 for pow(1, NaN), pow(1, +-inf) and pow(-1, +-inf). */
static double power(double base, double exponent)
{
    if (isnan(exponent) || (fabs(base) == 1.0 && isinf(exponent))) {
        return NAN;
    }
    return pow(base, exponent);
}

/* Math.cbrt: 3 for 27; glibc's cbrt is one bit above it. */
static double cube_root(double value)
{
    return (double)cbrtl((long double)value);
}

static const struct real_function acos_function = {.of_one = acos};
static const struct real_function asin_function = {.of_one = asin};
static const struct real_function atan_function = {.of_one = atan};
static const struct real_function atan2_function = {.of_two = atan2};
static const struct real_function cbrt_function = {.of_one = cube_root};
static const struct real_function cos_function = {.of_one = cos};
static const struct real_function cosh_function = {.of_one = cosh};
static const struct real_function cot_function = {.of_one = cotangent};
static const struct real_function degrees_function = {.of_one = to_degrees};
static const struct real_function exp_function = {.of_one = exp};
static const struct real_function ln_function = {.of_one = log};
static const struct real_function log_function = {.of_two = logarithm};
static const struct real_function power_function = {.of_two = power};
static const struct real_function radians_function = {.of_one = to_radians};
static const struct real_function sin_function = {.of_one = sin};
static const struct real_function sinh_function = {.of_one = sinh};
static const struct real_function sqrt_function = {.of_one = sqrt};
static const struct real_function tan_function = {.of_one = tan};
static const struct real_function tanh_function = {.of_one = tanh};

static enum status math_pi(struct function_call *call, const struct value *args, struct value *out)
{
    (void)call;
    (void)args;
    *out = value_real(3.141592653589793);
    return STATUS_OK;
}

static enum status math_random(struct function_call *call, const struct value *args,
                               struct value *out)
{
    (void)args;
    const uint64_t bits = call->context->random(call->context->clock);
    *out = value_real((double)(bits >> 11) * 0x1p-53);
    return STATUS_OK;
}

static enum status math_sign(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const double value = real_of(call->argument_types[0], &args[0]);
    *out = value_int32((value > 0.0) - (value < 0.0));
    return STATUS_OK;
}

/* --- GREATEST and LEAST ---------------------------------------------------------------- */

static enum status widened_type(struct arena *arena, const struct type *const *argument_types,
                                uint32_t argument_count, const struct type **out, struct diag *diag)
{
    struct decimal_type widest = {0, 0};
    for (uint32_t i = 0; i < argument_count; i++) {
        const struct type *type = argument_types[i];
        if (type && type->kind == TYPE_DECIMAL) {
            const struct decimal_type next = {type->precision, type->scale};
            widest = widest.precision == 0 ? next : decimal_type_widen(widest, next);
        }
    }
    *out = type_decimal(arena, (uint16_t)widest.precision, (uint16_t)widest.scale);
    return *out ? STATUS_OK : diag_no_memory(diag);
}

/* Brings a DECIMAL argument to the scale of the result; other values stay. */
static enum status widen(struct function_call *call, uint32_t at, const struct value *args,
                         struct value *out)
{
    *out = args[at];
    if (call->result_type->kind != TYPE_DECIMAL) {
        return STATUS_OK;
    }
    const enum decimal_result result =
        decimal_rescale(args[at].decimal, call->argument_types[at]->scale, call->result_type->scale,
                        DECIMAL_ROUNDING_HALF_UP, &out->decimal);
    return result == DECIMAL_OK ? STATUS_OK
                                : function_fail(call, "%s", decimal_result_message(result));
}

/* direction: 1 for the greatest, -1 for the least. */
static enum status pick(struct function_call *call, const struct value *args, int direction,
                        struct value *out)
{
    struct value best = VALUE_NULL;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        struct value next;
        if (args[i].is_null) {
            continue;
        }
        TRY(widen(call, i, args, &next));
        if (best.is_null || natural_order(call->result_type, &next, &best) * direction > 0) {
            best = next;
        }
    }
    *out = best;
    return STATUS_OK;
}

static enum status math_greatest(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    return pick(call, args, 1, out);
}

static enum status math_least(struct function_call *call, const struct value *args,
                              struct value *out)
{
    return pick(call, args, -1, out);
}

/* --- The table ------------------------------------------------------------------------- */

#define MATH(upper, lower, params, result, options, code, text, lines)                             \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "MATHEMATICAL", .parameters = (params),  \
        .returns = (result), .flags = (options), .call = (code), .summary = (text),                \
        .manual = (lines)                                                                          \
    }

/* A function of doubles for each numeric type. */
#define REAL_ROW(upper, lower, params, function, text, lines)                                      \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "MATHEMATICAL", .parameters = (params),  \
        .returns = "DOUBLE", .flags = FUNCTION_STRICT, .call = real_call, .context = &(function),  \
        .summary = (text), .manual = (lines)                                                       \
    }
#define REAL(upper, lower, name, function, text, lines)                                            \
    REAL_ROW(upper, lower, "INT " name, function, text, lines),                                    \
        REAL_ROW(upper, lower, "BIGINT " name, function, NULL, lines),                             \
        REAL_ROW(upper, lower, "DOUBLE " name, function, NULL, lines)
#define REAL_PAIR(upper, lower, first, second, function, text, lines)                              \
    REAL_ROW(upper, lower, "INT " first ", INT " second, function, text, lines),                   \
        REAL_ROW(upper, lower, "BIGINT " first ", BIGINT " second, function, NULL, lines),         \
        REAL_ROW(upper, lower, "DOUBLE " first ", DOUBLE " second, function, NULL, lines)

/* A DECIMAL in, and out with the type that typing finds. */
#define MATH_DECIMAL(upper, lower, params, typing, code, lines)                                    \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "MATHEMATICAL", .parameters = (params),  \
        .returns = "DECIMAL", .returns_of = (typing), .flags = FUNCTION_STRICT, .call = (code),    \
        .manual = (lines)                                                                          \
    }

/* The overloads of GREATEST and LEAST: all comparable types. */
#define PICK(upper, lower, type, code, text)                                                       \
    MATH(upper, lower, type " val, " type "... vals", type, 0, code, text,                         \
         "val: The first value.\nvals: The others; NULLs are skipped.")
#define PICK_ALL(upper, lower, code, text)                                                         \
    PICK(upper, lower, "INT", code, text), PICK(upper, lower, "BIGINT", code, NULL),               \
        PICK(upper, lower, "DOUBLE", code, NULL),                                                  \
        {.name = (upper),                                                                          \
         .spelling = (lower),                                                                      \
         .category = "MATHEMATICAL",                                                               \
         .parameters = "DECIMAL val, DECIMAL... vals",                                             \
         .returns = "DECIMAL",                                                                     \
         .returns_of = widened_type,                                                               \
         .call = (code)},                                                                          \
        PICK(upper, lower, "VARCHAR", code, NULL), PICK(upper, lower, "BYTES", code, NULL),        \
        PICK(upper, lower, "DATE", code, NULL), PICK(upper, lower, "TIME", code, NULL),            \
        PICK(upper, lower, "TIMESTAMP", code, NULL)

#define VALUE_LINE   "value: The number."
#define ANGLE_LINE   "value: The angle in radians."
#define PLACES_LINES "val: The number.\ndecimals: How many decimal places to keep; may be negative."

static const struct function_def math_table[] = {
    MATH("ABS", "abs", "INT val", "INT", FUNCTION_STRICT, math_abs,
         "Returns the absolute value of a number.", "val: The number."),
    MATH("ABS", "abs", "BIGINT val", "BIGINT", FUNCTION_STRICT, math_abs, NULL, "val: The number."),
    MATH("ABS", "abs", "DOUBLE val", "DOUBLE", FUNCTION_STRICT, math_abs, NULL, "val: The number."),
    MATH_DECIMAL("ABS", "abs", "DECIMAL val", math_same_type, math_abs, "val: The number."),
    REAL("ACOS", "acos", "value", acos_function,
         "Returns the arccosine of a number, in radians; NaN outside of -1 to 1.", VALUE_LINE),
    REAL("ASIN", "asin", "value", asin_function,
         "Returns the arcsine of a number, in radians; NaN outside of -1 to 1.", VALUE_LINE),
    REAL("ATAN", "atan", "value", atan_function, "Returns the arctangent of a number, in radians.",
         VALUE_LINE),
    REAL_PAIR("ATAN2", "atan2", "y", "x", atan2_function,
              "Returns the angle of the point (x, y), in radians.",
              "y: The ordinate.\nx: The abscissa."),
    REAL("CBRT", "cbrt", "value", cbrt_function, "Returns the cube root of a number.", VALUE_LINE),
    MATH("CEIL", "ceil", "INT value", "INT", FUNCTION_STRICT, math_ceil,
         "Returns the smallest whole number that is not below a number, in its type.", VALUE_LINE),
    MATH("CEIL", "ceil", "BIGINT value", "BIGINT", FUNCTION_STRICT, math_ceil, NULL, VALUE_LINE),
    MATH("CEIL", "ceil", "DOUBLE value", "DOUBLE", FUNCTION_STRICT, math_ceil, NULL, VALUE_LINE),
    MATH_DECIMAL("CEIL", "ceil", "DECIMAL value", math_same_type, math_ceil, VALUE_LINE),
    REAL("COS", "cos", "value", cos_function, "Returns the cosine of an angle.", ANGLE_LINE),
    REAL("COSH", "cosh", "value", cosh_function, "Returns the hyperbolic cosine of a number.",
         VALUE_LINE),
    REAL("COT", "cot", "value", cot_function, "Returns the cotangent of an angle.", ANGLE_LINE),
    REAL("DEGREES", "degrees", "value", degrees_function, "Converts radians to degrees.",
         ANGLE_LINE),
    REAL("EXP", "exp", "exponent", exp_function, "Returns e to the power of a number.",
         "exponent: The number."),
    MATH("FLOOR", "floor", "INT val", "INT", FUNCTION_STRICT, math_floor,
         "Returns the largest whole number that is not above a number, in its type.",
         "val: The number."),
    MATH("FLOOR", "floor", "BIGINT val", "BIGINT", FUNCTION_STRICT, math_floor, NULL,
         "val: The number."),
    MATH("FLOOR", "floor", "DOUBLE val", "DOUBLE", FUNCTION_STRICT, math_floor, NULL,
         "val: The number."),
    MATH_DECIMAL("FLOOR", "floor", "DECIMAL val", math_same_type, math_floor, "val: The number."),
    PICK_ALL("GREATEST", "greatest", math_greatest,
             "Returns the greatest of its arguments; NULL when all are NULL."),
    PICK_ALL("LEAST", "least", math_least,
             "Returns the least of its arguments; NULL when all are NULL."),
    REAL("LN", "ln", "value", ln_function, "Returns the natural logarithm of a number.",
         VALUE_LINE),
    REAL("LOG", "log", "value", ln_function,
         "Returns the logarithm of a number: the natural one, or that to a base.", VALUE_LINE),
    REAL_PAIR("LOG", "log", "base", "value", log_function, NULL,
              "base: The base; NaN when it is not above 0, or 1.\nvalue: The number."),
    MATH("PI", "pi", "", "DOUBLE", FUNCTION_STRICT, math_pi, "Returns pi.", NULL),
    REAL_PAIR("POWER", "power", "base", "exponent", power_function,
              "Returns a number to the power of another.",
              "base: The number.\nexponent: The power."),
    REAL("RADIANS", "radians", "value", radians_function, "Converts degrees to radians.",
         "value: The angle in degrees."),
    MATH("RANDOM", "random", "", "DOUBLE", FUNCTION_NONDETERMINISTIC, math_random,
         "Returns a random number from 0 up to, but not including, 1.", NULL),
    MATH("ROUND", "round", "BIGINT val", "BIGINT", FUNCTION_PRIMITIVE_NUMBERS, math_round,
         "Rounds a number; of two equally near results it takes the greater.", "val: The number."),
    MATH("ROUND", "round", "INT val", "BIGINT", FUNCTION_PRIMITIVE_NUMBERS, math_round, NULL,
         "val: The number."),
    MATH("ROUND", "round", "DOUBLE val", "BIGINT", FUNCTION_STRICT, math_round, NULL,
         "val: The number."),
    MATH("ROUND", "round", "DOUBLE val, INT decimals", "DOUBLE", FUNCTION_STRICT, math_round_places,
         NULL, PLACES_LINES),
    MATH_DECIMAL("ROUND", "round", "DECIMAL val", math_whole_type, math_round, "val: The number."),
    MATH_DECIMAL("ROUND", "round", "DECIMAL val, INT decimals", math_same_type, math_round_places,
                 PLACES_LINES),
    MATH("SIGN", "sign", "INT value", "INT", FUNCTION_STRICT, math_sign,
         "Returns -1, 0 or 1 for a negative number, zero or a positive one.", VALUE_LINE),
    MATH("SIGN", "sign", "BIGINT value", "INT", FUNCTION_STRICT, math_sign, NULL, VALUE_LINE),
    MATH("SIGN", "sign", "DOUBLE value", "INT", FUNCTION_STRICT, math_sign, NULL, VALUE_LINE),
    REAL("SIN", "sin", "value", sin_function, "Returns the sine of an angle.", ANGLE_LINE),
    REAL("SINH", "sinh", "value", sinh_function, "Returns the hyperbolic sine of a number.",
         VALUE_LINE),
    REAL("SQRT", "sqrt", "value", sqrt_function, "Returns the square root of a number.",
         VALUE_LINE),
    REAL("TAN", "tan", "value", tan_function, "Returns the tangent of an angle.", ANGLE_LINE),
    REAL("TANH", "tanh", "value", tanh_function, "Returns the hyperbolic tangent of a number.",
         VALUE_LINE),
    MATH("TRUNC", "trunc", "BIGINT val", "BIGINT", FUNCTION_STRICT, math_trunc,
         "Cuts a number off toward zero.", "val: The number."),
    MATH("TRUNC", "trunc", "INT val", "BIGINT", FUNCTION_STRICT, math_trunc, NULL,
         "val: The number."),
    MATH("TRUNC", "trunc", "DOUBLE val", "BIGINT", FUNCTION_STRICT, math_trunc, NULL,
         "val: The number."),
    MATH("TRUNC", "trunc", "DOUBLE val, INT decimals", "DOUBLE", FUNCTION_STRICT, math_trunc_places,
         NULL, PLACES_LINES),
    MATH_DECIMAL("TRUNC", "trunc", "DECIMAL val", math_whole_type, math_trunc, "val: The number."),
    MATH_DECIMAL("TRUNC", "trunc", "DECIMAL val, INT decimals", math_same_type, math_trunc_places,
                 PLACES_LINES),
};

const struct function_family math_family = {
    .functions = math_table, .function_count = sizeof(math_table) / sizeof(math_table[0])};
