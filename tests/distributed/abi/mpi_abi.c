// A library with the standard interface of MPI 5, whose work MPICH does: the handles of the standard are
// translated, and all others refused. For systems that have no such library yet.

#include <dlfcn.h>
#include <stdint.h>

typedef uintptr_t Handle;

enum { BAD_HANDLE = 99 };

static void *mpich(const char *name) {
  static void *library;
  if (!library) library = dlopen("libmpich.so.12", RTLD_NOW | RTLD_GLOBAL);
  return dlsym(library, name);
}

#define CALL(name, ...) (((int (*)())mpich(#name))(__VA_ARGS__))

static int comm_of(Handle h) { return h == 0x101 ? 0x44000000 : (int)h; }

static int type_of(Handle h) {
  switch (h) {
    case 0x210: return 0x4c00040a; // float
    case 0x214: return 0x4c00080b; // double
    case 0x250: return 0x4c000439; // int32_t
    case 0x241: return 0x4c00013b; // uint8_t
    default: return 0;
  }
}

static int op_of(Handle h) {
  switch (h) {
    case 0x21: return 0x58000003; // sum
    case 0x22: return 0x58000002; // min
    case 0x23: return 0x58000001; // max
    default: return 0;
  }
}

static void *from(void *send) { return send == (void *)1 ? (void *)-1 : send; }

static int begun(int code, int own, Handle *request) {
  *request = (Handle)(unsigned)own;
  return code;
}

int MPI_Abi_get_version(int *major, int *minor) { *major = 1; *minor = 0; return 0; }
int MPI_Get_library_version(char *text, int *length) {
  const char *own = "Standard interface of MPI 5, made of MPICH";
  int i = 0;
  for (; own[i]; i++) text[i] = own[i];
  *length = i;
  return 0;
}
int MPI_Error_string(int code, char *text, int *length) { return CALL(MPI_Error_string, code, text, length); }
int MPI_Init_thread(int *argc, char ***argv, int wanted, int *provided) {
  if (wanted != 1024) return BAD_HANDLE;
  return CALL(MPI_Init_thread, argc, argv, 1, provided);
}
int MPI_Finalize(void) { return CALL(MPI_Finalize); }
int MPI_Abort(Handle comm, int code) { return CALL(MPI_Abort, comm_of(comm), code); }
int MPI_Comm_rank(Handle comm, int *rank) { return CALL(MPI_Comm_rank, comm_of(comm), rank); }
int MPI_Comm_size(Handle comm, int *size) { return CALL(MPI_Comm_size, comm_of(comm), size); }
int MPI_Comm_dup(Handle comm, Handle *copy) {
  int own = 0;
  int code = CALL(MPI_Comm_dup, comm_of(comm), &own);
  return begun(code, own, copy);
}
int MPI_Iallreduce(void *x, void *y, int n, Handle type, Handle op, Handle comm, Handle *request) {
  int own = 0;
  if (!type_of(type) || !op_of(op)) return BAD_HANDLE;
  int code = CALL(MPI_Iallreduce, from(x), y, n, type_of(type), op_of(op), comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Ireduce_scatter_block(void *x, void *y, int n, Handle type, Handle op, Handle comm, Handle *request) {
  int own = 0;
  if (!type_of(type) || !op_of(op)) return BAD_HANDLE;
  int code = CALL(MPI_Ireduce_scatter_block, x, y, n, type_of(type), op_of(op), comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Ibcast(void *x, int n, Handle type, int root, Handle comm, Handle *request) {
  int own = 0;
  if (!type_of(type)) return BAD_HANDLE;
  int code = CALL(MPI_Ibcast, x, n, type_of(type), root, comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Iallgather(void *x, int n, Handle a, void *y, int m, Handle b, Handle comm, Handle *request) {
  int own = 0;
  if (!type_of(a) || !type_of(b)) return BAD_HANDLE;
  int code = CALL(MPI_Iallgather, x, n, type_of(a), y, m, type_of(b), comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Ialltoall(void *x, int n, Handle a, void *y, int m, Handle b, Handle comm, Handle *request) {
  int own = 0;
  if (!type_of(a) || !type_of(b)) return BAD_HANDLE;
  int code = CALL(MPI_Ialltoall, x, n, type_of(a), y, m, type_of(b), comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Ibarrier(Handle comm, Handle *request) {
  int own = 0;
  int code = CALL(MPI_Ibarrier, comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Isend(void *x, int n, Handle type, int to, int tag, Handle comm, Handle *request) {
  int own = 0;
  int code = CALL(MPI_Isend, x, n, type_of(type), to, tag, comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Irecv(void *x, int n, Handle type, int source, int tag, Handle comm, Handle *request) {
  int own = 0;
  int code = CALL(MPI_Irecv, x, n, type_of(type), source, tag, comm_of(comm), &own);
  return begun(code, own, request);
}
int MPI_Test(Handle *request, int *flag, void *status) {
  int own = (int)*request;
  if (status) return BAD_HANDLE;
  int code = CALL(MPI_Test, &own, flag, (void *)1);
  return begun(code, own, request);
}
