/** Files of a drop, those inside dropped folders included. */
const MAX_FILES = 200;
const IGNORED = /^(\..*|Thumbs\.db|desktop\.ini|__MACOSX)$/;

/**
 * Reads a drop; it must be called while the event is dispatched.
 *
 * @returns at most 200 files, by their paths; files that systems leave in folders are left out.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  if (entries.some((entry) => entry === null)) return plain.slice(0, MAX_FILES);
  const files: { path: string; file: File }[] = [];
  for (const entry of entries) await collect(entry!, files);
  files.sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
  return files.slice(0, MAX_FILES).map(({ file }) => file);
}

async function collect(entry: FileSystemEntry, files: { path: string; file: File }[]): Promise<void> {
  if (IGNORED.test(entry.name) || files.length >= MAX_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ path: entry.fullPath, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const readBatch = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  for (let batch = await readBatch(); batch.length; batch = await readBatch()) {
    for (const child of batch) await collect(child, files);
  }
}

/** Files that a folder dialog returned, without those that systems leave in folders. */
export function folderFiles(files: FileList): File[] {
  return Array.from(files)
    .filter(
      ({ name, webkitRelativePath }) => ![name, ...webkitRelativePath.split('/')].some((part) => IGNORED.test(part)),
    )
    .slice(0, MAX_FILES);
}
