/* What the files of this program share. */

#ifndef SANDBOX_H
#define SANDBOX_H

/* What each word on the command line starts; none comes back. */
__attribute__((noreturn)) void hold_lease(unsigned long *signals);
__attribute__((noreturn)) void run_relay(unsigned long *signals, const char *socket_path);
__attribute__((noreturn)) void switch_generation(char **words);
__attribute__((noreturn)) void make_link(char **words);
__attribute__((noreturn)) void remove_tree(char **words);

__attribute__((noreturn)) void leave(int status);
/* Leaves with a sentence of the three parts on stderr, and the error number where there is one. */
__attribute__((noreturn)) void fail(int status, const char *what, const char *name, long error);
/* Reaps for SIGCHLD, leaves for SIGTERM and SIGINT. */
void act_on(long signal);
int open_signals(unsigned long *signals);
void read_signal(int file);

int is_equal(const char *one, const char *other);
long length_of(const char *text);
void copy(void *to, const void *from, long length);
/* Waits until all of it is written. */
void write_all(int file, const char *bytes, long length);
/* In decimal. */
void write_decimal(int file, unsigned long number);

#endif
