/* Names of cgroups, as text only. */
#include "cgroup.h"

bool cgroup_valid(const char *name)
{
	if (strlen(name) >= CGROUP_NAME)
		return false;
	for (const char *at = name;; at++) {
		size_t length = strcspn(at, "/");
		if (!length || (length <= 2 && strspn(at, ".") == length) || strpbrk(name, "\n"))
			return false;
		at += length;
		if (!*at)
			return true;
	}
}

bool cgroup_within(const char *name, const char *above)
{
	size_t length = strlen(above);
	return length && !strncmp(name, above, length) && (!name[length] || name[length] == '/');
}
