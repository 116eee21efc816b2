/* The file systems a guest needs. */
#ifndef KTSTR_MOUNTS_H
#define KTSTR_MOUNTS_H
/* Mounts them and opens the cgroup controllers to the cgroups below the root. Fatal without the necessary ones. */
void mount_all(void);
#endif
