import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ReviewService } from '../core/access/review-service.ts';

interface Deps {
  review: ReviewService;
}

export function accessReviewHandlers({ review }: Deps): IpcHandlers['accessReview'] {
  return { findings: (place) => review.findings(place) };
}
