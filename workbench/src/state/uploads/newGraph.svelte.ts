/** A graph from a file: upload, interpret its tables, draw. */
import type { Reading, Readings } from '../../model/api.gen';
import { createFile, createGraph, getReadings, uploadFile } from '../../wire/uploads';
import { fileTypeOf } from './fileType';

export class NewGraph {
  step: 'choose' | 'uploading' | 'parsing' | 'ready' | 'failed' = $state('choose');
  /** The share of the file that was sent. */
  progress = $state(0);
  error = $state('');
  readings: Readings | undefined = $state.raw();
  /** The reading that the graph is drawn by. */
  current: Partial<Reading> = $state.raw({});
  isDrawing = $state(false);
  /** '' until the first reading is drawn. */
  datasetId = $state('');
  version = $state(0);
  private fileId = '';

  /** Uploads a file and draws the most likely reading of it. */
  async upload(file: File): Promise<void> {
    this.step = 'uploading';
    this.error = '';
    try {
      const { type, compression } = fileTypeOf(file.name);
      const { file_id } = await createFile({ name: file.name, file_type: type, file_compression: compression });
      const row = await uploadFile(file_id, file, (share) => (this.progress = share));
      if (!row.is_valid) throw new Error(row.errors[0]?.message ?? 'The file cannot be read.');
      this.fileId = file_id;
      this.step = 'parsing';
      this.readings = await getReadings(file_id);
    } catch (reason) {
      this.error = (reason as Error).message;
      this.step = 'failed';
      return;
    }
    const [best] = this.readings.readings;
    if (best) await this.draw(best);
    this.step = 'ready';
  }

  async draw(reading: Partial<Reading>): Promise<void> {
    this.isDrawing = true;
    this.error = '';
    try {
      const row = await createGraph(this.fileId, reading, this.datasetId);
      this.datasetId = row.dataset_id;
      this.version = row.version;
      this.current = reading;
    } catch (reason) {
      this.error = (reason as Error).message;
    }
    this.isDrawing = false;
  }
}
