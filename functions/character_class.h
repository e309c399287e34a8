/* character_class.h: which characters MASK takes for letters and digits.
 *
 * Source: java.lang.Character.getType: UPPERCASE_LETTER, LOWERCASE_LETTER and
 * DECIMAL_DIGIT_NUMBER; all other types are OTHER. Thread: any. */
#ifndef FUNCTIONS_CHARACTER_CLASS_H
#define FUNCTIONS_CHARACTER_CLASS_H

#include <stdint.h>

enum character_class {
    CHARACTER_UPPER,
    CHARACTER_LOWER,
    CHARACTER_DIGIT,
    CHARACTER_OTHER,
    CHARACTER_CLASS_COUNT
};

enum character_class character_class_of(uint32_t code);

#endif
