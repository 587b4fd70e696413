/*
 * sandbox remove DIR NAME: removes DIR/NAME with everything below it. Links are removed, never followed. None is
 * success. Exits 2 when DIR is missing, 1 for any other error.
 */

#include "files.h"
#include "sandbox.h"
#include "system.h"

long open_folder(long parent, const char *name)
{
	return call(SYS_openat, parent, (long)name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, 0);
}

int is_dots(const char *name)
{
	return is_equal(name, ".") || is_equal(name, "..");
}

void check_name(const char *name)
{
	const char *at = name;

	while (*at && *at != '/')
		at++;
	if (*at || at == name || at - name >= NAME_SIZE || is_dots(name))
		fail(2, "not a plain name: ", name, 0);
}

/* An entry that is no folder, or an empty one: 0, also when there is none, or a negative error. */
static long remove_entry(long folder, const char *name)
{
	long error = call(SYS_unlinkat, folder, (long)name, 0, 0, 0);

	/* Some file systems say EPERM of a folder; when it was a file, that is what ENOTDIR below stands for. */
	if (error == -EISDIR || error == -EPERM)
		error = call(SYS_unlinkat, folder, (long)name, AT_REMOVEDIR, 0, 0);
	return error == -ENOENT ? 0 : error;
}

/* Removes what it can, up to the first folder that is not empty, which is opened: `below`, -1 when there was none. */
static long clear(long folder, long *below)
{
	_Alignas(8) char buffer[4096];
	long length;

	*below = -1;
	while ((length = call(SYS_getdents64, folder, (long)buffer, sizeof buffer, 0, 0)) > 0)
		for (long at = 0; at < length;) {
			struct dirent64 *entry = (struct dirent64 *)(buffer + at);
			long error = is_dots(entry->name) ? 0 : remove_entry(folder, entry->name);
			at += entry->length;
			if (error == -ENOTEMPTY) {
				*below = open_folder(folder, entry->name);
				return *below < 0 ? *below : 0;
			}
			if (error < 0)
				return error;
		}
	return length;
}

/* Empties one folder that holds no other that is not empty, wherever it first meets one: 0 or a negative error. */
static long clear_deepest(long folder, const char *name)
{
	long at = open_folder(folder, name);
	long error = at < 0 ? at : 0;

	while (at >= 0) {
		long below;
		error = clear(at, &below);
		call(SYS_close, at, 0, 0, 0, 0);
		at = below;
	}
	return error;
}

/* From the top again for every folder that became empty: a tree of any depth takes two descriptors and no stack. */
long remove_all(long folder, const char *name)
{
	long error;

	while ((error = remove_entry(folder, name)) == -ENOTEMPTY) {
		error = clear_deepest(folder, name);
		if (error < 0 && error != -ENOENT)
			break;
	}
	return error;
}

void remove_tree(char **words)
{
	long folder = call(SYS_openat, AT_FDCWD, (long)words[0], O_RDONLY | O_DIRECTORY, 0, 0);
	long error;

	if (folder < 0)
		fail(2, "cannot open folder ", words[0], -folder);
	check_name(words[1]);
	error = remove_all(folder, words[1]);
	if (error < 0)
		fail(1, "cannot remove ", words[1], -error);
	leave(0);
}
