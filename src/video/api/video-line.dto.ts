import { ApiProperty } from '@nestjs/swagger';

/** What one of a video's steps costs: count × price, rounded up to the micro-credit, is its credits. */
export class VideoLineResponse {
  @ApiProperty({ enum: ['text-to-video', 'image-to-video', 'upscale'] })
  operation!: string;

  @ApiProperty({ example: 'runway' })
  provider!: string;

  @ApiProperty({ example: 'magnific_video_upscaler_creative' })
  model!: string;

  @ApiProperty({ enum: ['second', 'frame'], description: 'What is counted: of the video, or of the input' })
  unit!: 'second' | 'frame';

  @ApiProperty({ type: 'integer', example: 480 })
  count!: number;

  @ApiProperty({ example: '0.012', description: 'US dollars a unit, exact decimal text' })
  usdPerUnit!: string;

  @ApiProperty({ example: '24', description: 'Credits a unit, exact decimal text' })
  creditsPerUnit!: string;

  @ApiProperty({ example: 11520 })
  credits!: number;
}
