using System.Globalization;
using JobQueue;

namespace TradingPlatform.Video;

/// <summary>A video to make and to scale down.</summary>
internal sealed record VideoTask(string? VideoId = null, int Width = 320, int Height = 180, int Frames = 50, int Factor = 2);

/// <summary>A video that is done.</summary>
internal sealed record VideoResult(bool Success, string Status, string VideoId, int Width, int Height, int Frames, long Bytes);

/// <summary>A video of a size that can't be.</summary>
internal sealed class BadVideoException(string message) : Exception(message);

/// <summary>Decodes a Y4M file, which it makes first, scales each frame down and encodes them again.</summary>
internal sealed class VideoJobs
{
    private const double DecodedAt = 0.1;
    private const double EncodedAt = 0.95;

    [JobHandler("process_video", Queue = "video", Priority = JobPriority.Low, TimeoutSeconds = 600, MaxRetries = 5, BackoffBaseSeconds = 5, BackoffMaxSeconds = 3_600, DoNotRetry = [typeof(BadVideoException)])]
    public static async Task<VideoResult> ProcessAsync(VideoTask task, JobContext job, CancellationToken cancellationToken)
    {
        Check(task);
        var folder = Directory.CreateTempSubdirectory("trading-platform-video-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "source.y4m"), Path.Combine(folder.FullName, "scaled.y4m"));
            await job.LogAsync(string.Create(CultureInfo.InvariantCulture, $"making {task.Frames} frames of {task.Width} x {task.Height}"));
            await Y4m.GenerateAsync(source, task.Width, task.Height, task.Frames, cancellationToken);
            await job.ReportProgressAsync(DecodedAt, "made");
            var (width, height) = await ScaleAsync(source, target, task, job, cancellationToken);
            var frames = await CountAsync(target, cancellationToken);
            await job.ReportProgressAsync(1, "checked");
            return frames == task.Frames
                ? new VideoResult(Success: true, "processed", task.VideoId ?? job.Id.ToString(), width, height, frames, new FileInfo(target).Length)
                : throw new InvalidDataException($"{frames} of {task.Frames} frames came out.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Check(VideoTask task)
    {
        if (task is not { Width: >= 16 and <= 1_920, Height: >= 16 and <= 1_080, Frames: >= 1 and <= 1_000, Factor: >= 1 and <= 8 })
        {
            throw new BadVideoException("A video is 16 x 16 to 1920 x 1080, has 1 to 1000 frames, and is scaled down by 1 to 8.");
        }
    }

    private static async Task<(int Width, int Height)> ScaleAsync(string source, string target, VideoTask task, JobContext job, CancellationToken cancellationToken)
    {
        await using var input = new BufferedStream(File.OpenRead(source), 64 * 1024);
        await using var output = File.Create(target);
        var (width, height) = await Y4m.ReadHeaderAsync(input, cancellationToken);
        var size = Frame.Blank(width, height).Scale(task.Factor);
        await Y4m.WriteHeaderAsync(output, size.Width, size.Height, cancellationToken);
        for (var number = 1; await Y4m.ReadFrameAsync(input, width, height, cancellationToken) is { } frame; number++)
        {
            await Y4m.WriteFrameAsync(output, frame.Scale(task.Factor), cancellationToken);
            if (number % 10 == 0)
            {
                await job.ReportProgressAsync(DecodedAt + ((EncodedAt - DecodedAt) * number / task.Frames), string.Create(CultureInfo.InvariantCulture, $"scaled {number} of {task.Frames}"));
            }
        }

        return (size.Width, size.Height);
    }

    private static async Task<int> CountAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new BufferedStream(File.OpenRead(path), 64 * 1024);
        var (width, height) = await Y4m.ReadHeaderAsync(stream, cancellationToken);
        var frames = 0;
        while (await Y4m.ReadFrameAsync(stream, width, height, cancellationToken) is not null)
        {
            frames++;
        }

        return frames;
    }
}
