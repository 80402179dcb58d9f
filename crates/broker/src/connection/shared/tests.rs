use super::*;

#[tokio::test]
async fn a_forbidden_command_requests_a_check_of_permissions_unless_it_reads_settings() {
    let client = Client::open("redis://127.0.0.1:1").unwrap();
    let (config, silence) = (ConnectionManagerConfig::new(), Duration::from_secs(1));
    let (demotions, metrics) = (Demotions::default(), Arc::default());
    let connection =
        SharedConnection::new(client, config, silence, demotions, Connection::Shared, metrics).unwrap();
    assert!(connection.take_permission_check(), "at first");

    let reply = redis::parse_redis_value(b"-NOPERM this user has no permissions\r\n").unwrap();
    let forbidden = reply.extract_error();
    for (operation, requests) in [(Operation::CheckSettings, false), (Operation::Backlog, true)] {
        connection.inspect(operation, &forbidden, std::slice::from_ref);
        assert_eq!(connection.take_permission_check(), requests, "{operation:?}");
    }
}
