/* settings.c
 *
 * The catalog answers with texts; what they mean is decided by whoever asks.
 */
#include "planner/settings.h"

#include "base/number_text.h"

struct text setting_text(const struct planner *planner, const char *name, const char *fallback)
{
    const struct text value =
        planner->catalog->find_setting(planner->catalog->context, text_of(name));
    return value.data ? value : text_of(fallback);
}

bool setting_bool(const struct planner *planner, const char *name, bool fallback)
{
    const struct text value = setting_text(planner, name, NULL);
    return value.data ? text_equal_nocase(value, TEXT("true")) : fallback;
}

enum status setting_limit(const struct planner *planner, const char *name, int64_t *out)
{
    const struct text value = setting_text(planner, name, NULL);
    int64_t limit = INT32_MAX;
    if (value.data &&
        (!number_text_parse_int64(value, &limit) || limit < INT32_MIN || limit > INT32_MAX)) {
        return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid value %.*s for configuration %s: Not a number of type INT",
                         TEXT_ARGS(value), name);
    }
    *out = limit < 0 ? INT32_MAX : limit;
    return STATUS_OK;
}
