export function allowThreads(_threads: number): void {}
