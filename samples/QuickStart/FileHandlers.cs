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
    private const int Retries = 2;
    private const double Timeout = 30;
    private const double FirstDelay = 0.5;

    [JobHandler("hash_file", MaxRetries = Retries, TimeoutSeconds = Timeout, BackoffBaseSeconds = FirstDelay)]
    public static async Task<string> HashAsync(FileJob file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file.Path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    [JobHandler("count_words", MaxRetries = Retries, TimeoutSeconds = Timeout, BackoffBaseSeconds = FirstDelay)]
    public static async Task<TextCount> CountAsync(FileJob file, CancellationToken cancellationToken)
    {
        long lines = 0, words = 0;
        await foreach (var line in File.ReadLinesAsync(file.Path, cancellationToken))
        {
            lines++;
            words += line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        }

        return new TextCount(lines, words);
    }

    [JobHandler("gzip_size", MaxRetries = Retries, TimeoutSeconds = Timeout, BackoffBaseSeconds = FirstDelay)]
    public static async Task<long> GzipAsync(FileJob file, CancellationToken cancellationToken)
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
