/* bad_extension.c
 *
 * Extensions that must be refused, one per definition: BAD_VERSION and BAD_SIZES say that they were
 * built for another Leat, BAD_SYMBOL exports nothing, BAD_LINK needs what nobody has, BAD_ROW
 * lacks its code, BAD_NAME is a function that Leat has, BAD_WORD one that SQL cannot call.
 */
#include "functions/leat_extension.h"

#ifdef BAD_LINK
extern enum status nobody_has_this(struct function_call *call, const struct value *args,
                                   struct value *out);
#define CALL nobody_has_this
#elif !defined(BAD_ROW)
static enum status give_null(struct function_call *call, const struct value *args,
                             struct value *out)
{
    (void)call;
    (void)args;
    *out = VALUE_NULL;
    return STATUS_OK;
}
#define CALL give_null
#else
#define CALL NULL
#endif

#if defined(BAD_NAME)
#define NAME "LEN"
#elif defined(BAD_WORD)
#define NAME "SELECT"
#else
#define NAME "BAD"
#endif

static const struct function_def functions[] = {
    {.name = NAME, .parameters = "", .returns = "INT", .call = CALL}};
static const struct function_family family = {.functions = functions, .function_count = 1};
static const struct function_family *const families[] = {&family};

#ifdef BAD_SYMBOL
#define SYMBOL another_name
extern const struct leat_extension SYMBOL;
#else
#define SYMBOL leat_extension
#endif

LEAT_EXTENSION_EXPORT const struct leat_extension SYMBOL = {
#ifdef BAD_VERSION
    .version = LEAT_EXTENSION_VERSION + 1,
#else
    .version = LEAT_EXTENSION_VERSION,
#endif
#ifndef BAD_SIZES
    .sizes = LEAT_EXTENSION_SIZES,
#endif
    .name = "bad",
    .families = families,
    .family_count = 1,
};
