/* test_functions.h: the families of test_functions.so. */
#ifndef TESTS_EXTENSIONS_TEST_FUNCTIONS_H
#define TESTS_EXTENSIONS_TEST_FUNCTIONS_H

#include "functions/leat_extension.h"

extern const struct function_family test_list_family;
extern const struct function_family test_scalar_family;
extern const struct function_family test_sum_family;
extern const struct function_family test_table_family;

#endif
