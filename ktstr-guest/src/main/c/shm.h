/* The window of memory shared with the host: two rings and the workers' live counters. */
#ifndef KTSTR_SHM_H
#define KTSTR_SHM_H
#include "frame.h"

/* Maps the window that ktstr.shm= on the kernel command line names, writes its header, opens the doorbell. Fatal when it cannot. */
void shm_open_window(void);

/* The same with a file that the host maps, too; there is no doorbell then, and the host looks into the window. */
void shm_open_file(const char *path);

/* Whether the host has left something in the mailbox. No system call. */
bool shm_waiting(void);

/* Takes the next frame of the host's ring, if one is complete. */
bool shm_receive(struct frame *frame);

/* Puts a frame into the agent's ring and rings; waits for room up to ten seconds. Whether it went in. */
bool shm_send(uint32_t type, uint32_t request, const void *payload, size_t length);

/* The slots of live counters; workers inherit this mapping, and no other. */
uint8_t *shm_counters(void);
#endif
