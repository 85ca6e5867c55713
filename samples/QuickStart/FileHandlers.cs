using System.IO.Compression;
using System.Security.Cryptography;
using JobQueue;

namespace QuickStart;

/// <summary>The file a job works on.</summary>
internal sealed record FileJob(string Path);

/// <summary>What the word count found.</summary>
internal sealed record TextCount(long Lines, long Words);

/// <summary>The real work: three things to do with a file. Each only reads, so running it twice does no harm.</summary>
internal static class FileHandlers
{
    public static JobQueueBuilder AddFileHandlers(this JobQueueBuilder builder) => builder
        .AddJobHandler<FileJob, string>("hash_file", HashAsync, Configure)
        .AddJobHandler<FileJob, TextCount>("count_words", CountAsync, Configure)
        .AddJobHandler<FileJob, long>("gzip_size", GzipAsync, Configure);

    private static void Configure(JobHandlerOptions options)
    {
        options.MaxRetries = 2;
        options.Timeout = TimeSpan.FromSeconds(30);
        options.Backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(500) };
    }

    private static async Task<string> HashAsync(FileJob file, JobContext job, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file.Path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static async Task<TextCount> CountAsync(FileJob file, JobContext job, CancellationToken cancellationToken)
    {
        long lines = 0, words = 0;
        await foreach (var line in File.ReadLinesAsync(file.Path, cancellationToken))
        {
            lines++;
            words += line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        }

        return new TextCount(lines, words);
    }

    private static async Task<long> GzipAsync(FileJob file, JobContext job, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(file.Path);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await source.CopyToAsync(gzip, cancellationToken);
        }

        return packed.Length;
    }
}
