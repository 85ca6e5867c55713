namespace JobQueue.Embedded;

/// <summary>
/// The embedded server could not be found or started, or is set up in a way that cannot work. The message says what
/// happened, why, and what to do; <see cref="JobQueueException.ErrorId"/> (<c>JQ5001</c> and up) stays the same between versions.
/// </summary>
public sealed class EmbeddedRedisException : JobQueueException
{
    internal EmbeddedRedisException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}
