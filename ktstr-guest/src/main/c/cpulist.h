/* Lists of CPUs or nodes as the kernel writes them: "0-3,8". */
#ifndef KTSTR_CPULIST_H
#define KTSTR_CPULIST_H
#include "ktstr_wire.h"

/* The list as text, freed by the caller; a newline for an empty one, which is how a control file is emptied. */
char *cpulist_format(const struct kt_i32_list *list);

/* The text as a list, ascending; numbers of KT_MAX_CPUS and above are left out. Fatal when memory is out. */
struct kt_i32_list cpulist_parse(const char *text, struct kt_arena *arena);
#endif
