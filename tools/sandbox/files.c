/*
 * Folders of files that change as a whole. A folder holds generations `..<hash>`, the link `..data` to the one that
 * counts, links `<name>` to `..data/<name>`, and the link `..told`, which belongs to the daemon.
 *
 *   sandbox switch DIR GENERATION   points `..data` at DIR/GENERATION, then removes other generations and item links
 *                                   that lead nowhere. Leaves `..data` as it is where it points there already: its
 *                                   time is when the generation became the current one.
 *   sandbox link DIR NAME TARGET    makes DIR/NAME a link with the text TARGET, in place of a former one.
 *
 * Both are atomic to readers, and may be done again. Exits 2 when DIR or the generation is missing, 1 for any other error.
 */

#include "files.h"
#include "sandbox.h"
#include "system.h"

static const char *const DATA = "..data";
static const char *const TOLD = "..told";
static const char *const TEMPORARY = "..tmp";

static long open_or_fail(const char *path)
{
	long folder = call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_DIRECTORY, 0, 0);

	if (folder < 0)
		fail(2, "cannot open folder ", path, -folder);
	return folder;
}

static void replace_link(long folder, const char *name, const char *target)
{
	long error = call(SYS_unlinkat, folder, (long)TEMPORARY, 0, 0, 0);

	if (error < 0 && error != -ENOENT)
		fail(1, "cannot remove ", TEMPORARY, -error);
	error = call(SYS_symlinkat, (long)target, folder, (long)TEMPORARY, 0, 0);
	if (error < 0)
		fail(1, "cannot make link ", TEMPORARY, -error);
	error = call(SYS_renameat, folder, (long)TEMPORARY, folder, (long)name, 0);
	if (error < 0)
		fail(1, "cannot replace link ", name, -error);
}

static int points_at(long folder, const char *name, const char *target)
{
	char text[NAME_SIZE + 1];
	long length = call(SYS_readlinkat, folder, (long)name, (long)text, NAME_SIZE, 0);

	if (length < 0)
		return 0;
	text[length] = 0;
	return is_equal(text, target);
}

static int is_dangling(long folder, const char *name)
{
	char byte;

	return call(SYS_readlinkat, folder, (long)name, (long)&byte, 1, 0) >= 0 &&
	       call(SYS_faccessat, folder, (long)name, F_OK, 0, 0) == -ENOENT;
}

static int is_left_over(long folder, const char *name)
{
	if (name[0] != '.' || name[1] != '.')
		return is_dangling(folder, name);
	return !is_equal(name, DATA) && !is_equal(name, TOLD) && !points_at(folder, DATA, name);
}

/* The first entry of the folder that is left over, copied to `found`; 0 when there is none. */
static int find_left_over(long folder, char *found)
{
	_Alignas(8) char buffer[2048];
	long length;
	long reader = open_folder(folder, ".");

	if (reader < 0)
		fail(1, "cannot read ", "the folder", -reader);
	*found = 0;
	while (!*found && (length = call(SYS_getdents64, reader, (long)buffer, sizeof buffer, 0, 0)) > 0)
		for (long at = 0; !*found && at < length;) {
			struct dirent64 *entry = (struct dirent64 *)(buffer + at);
			at += entry->length;
			if (!is_dots(entry->name) && is_left_over(folder, entry->name))
				copy(found, entry->name, length_of(entry->name) + 1);
		}
	call(SYS_close, reader, 0, 0, 0, 0);
	return *found != 0;
}

void make_link(char **words)
{
	long folder = open_or_fail(words[0]);

	check_name(words[1]);
	replace_link(folder, words[1], words[2]);
	leave(0);
}

void switch_generation(char **words)
{
	char name[NAME_SIZE];
	long folder = open_or_fail(words[0]);
	const char *generation = words[1];
	long present;

	check_name(generation);
	present = open_folder(folder, generation);
	if (present < 0)
		fail(2, "there is no generation ", generation, -present);
	if (!points_at(folder, DATA, generation))
		replace_link(folder, DATA, generation);
	while (find_left_over(folder, name)) {
		long error = remove_all(folder, name);
		if (error < 0)
			fail(1, "cannot remove ", name, -error);
	}
	leave(0);
}
