// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rt_guard.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DT_GUARD_HOOKS 1
#else
#define DT_GUARD_HOOKS 0
#endif

namespace {

struct Counts {
    int depth = 0;
    std::int64_t allocations = 0;
    std::int64_t frees = 0;
    std::int64_t locks = 0;
};
thread_local constinit Counts counts;

void countAllocation() noexcept {
    if (counts.depth > 0) ++counts.allocations;
}
void countFree(const volatile void* memory) noexcept {
    if (counts.depth > 0 && memory != nullptr) ++counts.frees;
}

#if !defined(__SANITIZE_THREAD__)

void countLock() noexcept {
    if (counts.depth > 0) ++counts.locks;
}

/// The C library's own function behind ours, looked up once. No function-local static: its guard
/// could itself take a lock.
template <class F>
class Next {
public:
    constexpr explicit Next(const char* name) noexcept : name_(name) {}
    template <class... Args>
    int operator()(Args... args) noexcept {
        F* function = function_.load(std::memory_order_relaxed);
        if (function == nullptr) {
            function = reinterpret_cast<F*>(dlsym(RTLD_NEXT, name_));
            function_.store(function, std::memory_order_relaxed);
        }
        return function(args...);
    }

private:
    const char* name_;
    std::atomic<F*> function_{nullptr};
};

constinit Next<int(pthread_mutex_t*)> next_mutex_lock("pthread_mutex_lock");
constinit Next<int(pthread_mutex_t*)> next_mutex_trylock("pthread_mutex_trylock");
constinit Next<int(pthread_rwlock_t*)> next_rdlock("pthread_rwlock_rdlock");
constinit Next<int(pthread_rwlock_t*)> next_wrlock("pthread_rwlock_wrlock");
constinit Next<int(pthread_rwlock_t*)> next_tryrdlock("pthread_rwlock_tryrdlock");
constinit Next<int(pthread_rwlock_t*)> next_trywrlock("pthread_rwlock_trywrlock");

#endif

}  // namespace

#if DT_GUARD_HOOKS

// The header that declares this is not shipped with GCC.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*,
                                                                  std::size_t),
                                                         void (*)(const volatile void*));

namespace {
const int kHooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { countAllocation(); },
    [](const volatile void* memory) { countFree(memory); });
}  // namespace

#else

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) noexcept {
    countAllocation();
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    countAllocation();
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
    countAllocation();
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    countAllocation();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    countAllocation();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
    countAllocation();
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) noexcept {
    countFree(memory);
    __libc_free(memory);
}
}  // extern "C"

#endif

#if !defined(__SANITIZE_THREAD__)
extern "C" {
int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    countLock();
    return next_mutex_lock(mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    countLock();
    return next_mutex_trylock(mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    countLock();
    return next_rdlock(lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    countLock();
    return next_wrlock(lock);
}
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
    countLock();
    return next_tryrdlock(lock);
}
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
    countLock();
    return next_trywrlock(lock);
}
}  // extern "C"
#endif

namespace doubletalk::test {

RtGuard::RtGuard() noexcept
    : allocations_before_(counts.allocations),
      frees_before_(counts.frees),
      locks_before_(counts.locks) {
#if DT_GUARD_HOOKS
    static_cast<void>(kHooks);
#endif
    ++counts.depth;
}

RtGuard::~RtGuard() { --counts.depth; }

std::int64_t RtGuard::allocations() const noexcept {
    return counts.allocations - allocations_before_;
}
std::int64_t RtGuard::frees() const noexcept { return counts.frees - frees_before_; }
std::int64_t RtGuard::locks() const noexcept { return counts.locks - locks_before_; }

}  // namespace doubletalk::test
