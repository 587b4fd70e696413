/* Bytes and sentences. */

#include "sandbox.h"
#include "system.h"

int is_equal(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one == *other;
}

long length_of(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	return length;
}

/* Front to back: `to` may lie before `from` in the same buffer. */
void copy(void *to, const void *from, long length)
{
	unsigned char *target = to;
	const unsigned char *source = from;

	while (length-- > 0)
		*target++ = *source++;
}

void write_all(int file, const char *bytes, long length)
{
	while (length > 0) {
		long written = call(SYS_write, file, (long)bytes, length, 0, 0);
		if (written == -EINTR || written == -EAGAIN)
			continue;
		if (written <= 0)
			leave(1);
		bytes += written;
		length -= written;
	}
}

void write_decimal(int file, unsigned long number)
{
	char digits[20];
	int at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	write_all(file, digits + at, (long)sizeof digits - at);
}

void fail(int status, const char *what, const char *name, long error)
{
	write_all(STDERR, what, length_of(what));
	write_all(STDERR, name, length_of(name));
	if (error > 0) {
		write_all(STDERR, ": error ", 8);
		write_decimal(STDERR, (unsigned long)error);
	}
	write_all(STDERR, "\n", 1);
	leave(status);
}
