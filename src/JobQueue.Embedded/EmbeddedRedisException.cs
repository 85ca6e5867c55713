namespace JobQueue.Embedded;

/// <summary>A local server could not be started. The message says what was tried and what to do.</summary>
public sealed class EmbeddedRedisException : InvalidOperationException
{
    internal EmbeddedRedisException(string errorId, string message, Exception? innerException = null)
        : base($"{errorId}: {message}", innerException) => ErrorId = errorId;

    /// <summary>Stable id of the error, for example <c>JQ5001</c>.</summary>
    public string ErrorId { get; }
}
