#include <sqlite3.h>

/* The function takes arguments of any kind, which Swift cannot call. SQLITE_MISUSE once the library is in use. */
static inline int raceway_sqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
