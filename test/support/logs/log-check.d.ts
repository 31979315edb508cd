export function checkLogs(folder: string): Promise<{ lines: number; findings: string[] }>;
