/* test_functions.c
 *
 * The functions that ksqlDB's published test cases call and only ksqlDB's test build has, as an
 * extension: `leat test --extension test_functions.so`. No part of the engine knows them. What
 * each does follows the table that comes with the cases.
 */
#include "tests/extensions/test_functions.h"

static const struct function_family *const families[] = {&test_list_family, &test_scalar_family,
                                                         &test_sum_family, &test_table_family};

LEAT_EXTENSION_EXPORT const struct leat_extension leat_extension = {
    LEAT_EXTENSION_BUILD,
    .name = "test_functions",
    .author = "Leat",
    .families = families,
    .family_count = sizeof(families) / sizeof(families[0]),
};
