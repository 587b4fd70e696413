/* The kernel's interface as far as it is used here: there is no libc. */

#ifndef SYSTEM_H
#define SYSTEM_H

#if defined(__x86_64__)
enum { SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_brk = 12, SYS_rt_sigprocmask = 14, SYS_socket = 41,
       SYS_connect = 42, SYS_shutdown = 48, SYS_setsockopt = 54, SYS_getsockopt = 55, SYS_wait4 = 61,
       SYS_fcntl = 72, SYS_rt_sigtimedwait = 128, SYS_statfs = 137, SYS_getdents64 = 217, SYS_exit_group = 231,
       SYS_openat = 257, SYS_unlinkat = 263, SYS_renameat = 264, SYS_symlinkat = 266, SYS_readlinkat = 267,
       SYS_faccessat = 269, SYS_ppoll = 271, SYS_signalfd4 = 289 };
enum { O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };

static inline long call(long number, long a, long b, long c, long d, long e)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}
#define ENTRY ".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall entry\n"
#elif defined(__aarch64__)
enum { SYS_fcntl = 25, SYS_unlinkat = 35, SYS_symlinkat = 36, SYS_renameat = 38, SYS_statfs = 43,
       SYS_faccessat = 48, SYS_openat = 56, SYS_close = 57, SYS_getdents64 = 61, SYS_read = 63, SYS_write = 64,
       SYS_ppoll = 73, SYS_signalfd4 = 74, SYS_readlinkat = 78, SYS_exit_group = 94, SYS_rt_sigprocmask = 135,
       SYS_rt_sigtimedwait = 137, SYS_socket = 198, SYS_connect = 203, SYS_setsockopt = 208, SYS_getsockopt = 209,
       SYS_shutdown = 210, SYS_brk = 214, SYS_wait4 = 260 };
enum { O_DIRECTORY = 040000, O_NOFOLLOW = 0100000 };

static inline long call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}
#define ENTRY ".globl _start\n_start:\n\tmov x0, sp\n\tbl entry\n"
#else
#error "no system calls known for this architecture"
#endif

enum { STDIN, STDOUT, STDERR };
enum { EPERM = 1, ENOENT = 2, EINTR = 4, EAGAIN = 11, EISDIR = 21, EMFILE = 24, ENOTEMPTY = 39, EINPROGRESS = 115 };
enum { SIGINT = 2, SIGTERM = 15, SIGCHLD = 17, SIG_BLOCK = 0, WNOHANG = 1, MASK_BYTES = 8 };
enum { AT_FDCWD = -100, AT_REMOVEDIR = 0x200, O_RDONLY = 0, O_NONBLOCK = 04000, F_SETFL = 4, F_OK = 0 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16 };
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_DGRAM = 2 };
enum { SOL_SOCKET = 1, SO_ERROR = 4, IPPROTO_TCP = 6, TCP_NODELAY = 1, SHUT_WR = 1 };

struct pollfd {
	int fd;
	short events;
	short revents;
};

struct sockaddr_in {
	unsigned short family;
	unsigned char port[2];
	unsigned char address[4];
	unsigned char unused[8];
};

struct sockaddr_in6 {
	unsigned short family;
	unsigned char port[2];
	unsigned char flow[4];
	unsigned char address[16];
	unsigned char scope[4];
};

struct sockaddr_un {
	unsigned short family;
	char path[108];
};

/* The same on both architectures. */
struct statfs {
	long type;
	long best_size;
	unsigned long blocks;
	unsigned long free;
	unsigned long available;
	unsigned long files;
	unsigned long free_files;
	int id[2];
	long name_size;
	unsigned long block_size; /* what the blocks above are counted in */
	long flags;
	long spare[4];
};

struct dirent64 {
	unsigned long inode;
	long offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

#endif
