import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { isUserId, USER_ID_RULE } from '../auth/user-id.js';
import { VideosQuery } from '../video/api/videos-query.dto.js';
import { VIDEO_STATES, type VideoState } from '../video/life/video-state.js';
import type { AdministeredVideoFilter } from '../video/store/administered-videos.store.js';

const FLAG = { message: '$property must be true or false' };
const YES_OR_NO = ['true', 'false'] as const;

/** Which videos of all users, and which page of them. */
export class AdminVideosQuery extends VideosQuery {
  @ApiProperty({ required: false, enum: YES_OR_NO, description: 'Whether an operator has, or had, to look at it' })
  @IsOptional()
  @IsIn(YES_OR_NO, FLAG)
  flagged?: 'true' | 'false';

  @ApiProperty({ required: false, enum: YES_OR_NO, description: 'Whether an operator has said what came of it' })
  @IsOptional()
  @IsIn(YES_OR_NO, FLAG)
  resolved?: 'true' | 'false';

  @ApiProperty({ required: false, example: 'alice', description: "Whose: the token's sub" })
  @IsOptional()
  @ValidateBy({
    name: 'userId',
    validator: { validate: isUserId, defaultMessage: () => `$property must be ${USER_ID_RULE}` },
  })
  userId?: string;

  @ApiProperty({ required: false, enum: VIDEO_STATES, description: 'Where exactly it stands; status is coarser' })
  @IsOptional()
  @IsIn(VIDEO_STATES, { message: `$property must be one of ${VIDEO_STATES.join(', ')}` })
  state?: VideoState;
}

export function filterOf(query: AdminVideosQuery): AdministeredVideoFilter {
  const { cursor: _, limit: __, flagged, resolved, from, to, ...rest } = query;
  return {
    ...rest,
    ...(flagged === undefined ? {} : { isFlagged: flagged === 'true' }),
    ...(resolved === undefined ? {} : { isResolved: resolved === 'true' }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}
