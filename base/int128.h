/* int128.h: the one name for the compiler's 128-bit integer, which holds a DECIMAL's digits. */
#ifndef BASE_INT128_H
#define BASE_INT128_H

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#endif
