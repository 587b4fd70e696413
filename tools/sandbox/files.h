/* What files.c and remove.c share. */

#ifndef FILES_H
#define FILES_H

/* A folder, never through a link in its last part: a file descriptor or a negative error. */
long open_folder(long parent, const char *name);
/* Leaves with 2 unless it is the plain name of an entry. */
void check_name(const char *name);
/* Whether it is `.` or `..` */
int is_dots(const char *name);
/* Removes an entry with everything below it; none is success: 0 or a negative error. */
long remove_all(long folder, const char *name);

enum { NAME_SIZE = 256 };

#endif
