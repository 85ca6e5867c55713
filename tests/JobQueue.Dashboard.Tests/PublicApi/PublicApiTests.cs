using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Core.Tests.PublicApi;

namespace JobQueue.Dashboard.Tests.PublicApi;

/// <summary>What users of the package can see changes on purpose only; see the test of the same name in JobQueue.Core.Tests.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_as_it_was() => Golden.Verify(PublicApiText.Of(typeof(JobQueueDashboardOptions).Assembly), "JobQueue.Dashboard.golden.txt");
}
