import { ApiProperty } from '@nestjs/swagger';

const Count = (description: string) => ApiProperty({ type: 'integer', minimum: 0, example: 0, description });

/** What was erased by one call. */
export class ErasedResponse {
  @Count("Rows of the streams' log that were emptied")
  logRows!: number;

  @Count('Answers of requests in the background')
  backgroundAnswers!: number;

  @Count('Requests in the background that waited for a worker')
  backgroundRequests!: number;

  @Count('Answers that could have been given again')
  cachedAnswers!: number;

  @Count('Videos, with their prompts, files, inputs and workflows')
  videos!: number;

  @Count('Files that were fetched for videos that then never were')
  inputs!: number;

  @Count('Reasons that administrators gave for what they did to this user')
  reasons!: number;
}

/** What is still under way. */
export class RemainingResponse {
  @Count('Answers that are being stopped')
  requests!: number;

  @Count('Of them: requests in the background that a worker is at')
  backgroundRequests!: number;

  @Count('Videos that are being stopped, or brought here')
  videos!: number;
}

/** How an erasure stands. */
export class ErasureResponse {
  @ApiProperty({ example: 'alice' })
  userId!: string;

  @ApiProperty({ enum: ['done', 'under_way'], description: 'under_way: the same call again goes on' })
  status!: 'done' | 'under_way';

  @ApiProperty({ type: ErasedResponse })
  erased!: ErasedResponse;

  @ApiProperty({ type: RemainingResponse })
  remaining!: RemainingResponse;
}
